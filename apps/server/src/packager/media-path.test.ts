import { describe, expect, it } from "vitest";
import { rangeOf } from "./media-answer.ts";
import { NO_DIRECTIVES, parseDirectives, parseMediaPath } from "./media-path.ts";

describe("media URLs", () => {
  it("reads each resource", () => {
    const of = (rest: string) => parseMediaPath(`/media/stream_0001/${rest}`)?.resource;
    expect(of("master.m3u8")).toEqual({ kind: "master", parts: false });
    expect(of("ll.m3u8")).toEqual({ kind: "master", parts: true });
    expect(of("thumbnail.jpg")).toEqual({ kind: "thumbnail" });
    expect(of("storyboard.vtt")).toEqual({ kind: "storyboard" });
    expect(of("storyboard-12.jpg")).toEqual({ kind: "sheet", number: 12 });
    expect(of("720p/index.m3u8")).toEqual({ kind: "playlist", rendition: "720p", parts: false });
    expect(of("720p/ll.m3u8")).toEqual({ kind: "playlist", rendition: "720p", parts: true });
    expect(of("720p/41.0.m4s")).toEqual({ kind: "part", rendition: "720p", seq: 41, part: 0 });
    expect(of("720p/init-0.mp4")).toEqual({ kind: "init", rendition: "720p", run: 0 });
    expect(of("audio/41.m4s")).toEqual({ kind: "segment", rendition: "audio", seq: 41 });
  });

  it.each([
    "/media/",
    "/media/short/master.m3u8",
    "/media/stream_0001/",
    "/media/stream_0001/720p/041.m4s",
    "/media/stream_0001/720p/-1.m4s",
    "/media/stream_0001/720p/1.01.m4s",
    "/media/stream_0001/720p/1..m4s",
    "/media/stream_0001/720p/1e3.m4s",
    "/media/stream_0001/storyboard-01.jpg",
    "/media/stream_0001/storyboard-.jpg",
    "/media/stream_0001/720p/99999999999.m4s",
    "/media/stream_0001/../../etc/passwd",
    "/media/stream_0001/%2e%2e/master.m3u8",
    "/media/stream_0001//master.m3u8",
    "/media/stream_0001/720p\\1.m4s",
    "/media/stream_0001/720p/1.m4s\0",
    "/media/stream_0001/720p/1.m4s/",
    "/media/stream_0001/720P/1.m4s",
    "/media/stream_0001/master.m3u8\n",
  ])("knows nothing of %j", (path) => {
    expect(parseMediaPath(path)).toBeUndefined();
  });
});

describe("delivery directives", () => {
  it.each([
    ["", {}],
    ["token=1&x", {}],
    ["_HLS_skip=YES", { skip: true }],
    ["_HLS_skip=v2", { skip: true }],
    ["_HLS_skip=no", {}],
    ["_HLS_msn=12", { until: { msn: 12, part: undefined } }],
    ["_HLS_msn=12&_HLS_part=3&_HLS_skip=YES", { until: { msn: 12, part: 3 }, skip: true }],
  ])("reads %j", (query, expected) => {
    expect(parseDirectives(query)).toEqual({ ...NO_DIRECTIVES, ...expected });
  });

  it.each([
    "_HLS_part=1",
    "_HLS_msn=-1",
    "_HLS_msn=x",
    "_HLS_msn=",
    "_HLS_msn=1&_HLS_part=-2",
    "_HLS_msn=1&_HLS_msn=2",
    "_HLS_msn=1&_HLS_part=1&_HLS_part=1",
    "_HLS_msn=1.5",
  ])("refuses %j", (query) => {
    expect(parseDirectives(query).fault).toMatch(/_HLS_|twice/);
  });
});

describe("byte ranges", () => {
  it.each([
    ["bytes=0-9", { start: 0, end: 9 }],
    ["bytes=90-", { start: 90, end: 99 }],
    ["bytes=90-500", { start: 90, end: 99 }],
    ["bytes=-10", { start: 90, end: 99 }],
    ["bytes=-500", { start: 0, end: 99 }],
    ["bytes=100-", "unsatisfiable"],
    ["bytes=-0", "unsatisfiable"],
    ["bytes=5-4", undefined],
    ["bytes=0-1,5-6", undefined],
    ["bytes=-", undefined],
    ["lines=1-2", undefined],
  ])("reads %s of 100 bytes", (header, expected) => {
    expect(rangeOf(header, 100)).toEqual(expected);
  });
});
