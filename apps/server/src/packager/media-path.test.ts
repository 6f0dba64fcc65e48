import { describe, expect, it } from "vitest";
import { rangeOf } from "./media-answer.ts";
import { parseDirectives, parseMediaPath } from "./media-path.ts";

describe("media URLs", () => {
  it("reads each resource", () => {
    const of = (rest: string) => parseMediaPath(`/media/stream_0001/${rest}`)?.resource;
    expect(of("master.m3u8")).toEqual({ kind: "master" });
    expect(of("thumbnail.jpg")).toEqual({ kind: "thumbnail" });
    expect(of("720p/index.m3u8")).toEqual({ kind: "playlist", rendition: "720p" });
    expect(of("720p/init-0.mp4")).toEqual({ kind: "init", rendition: "720p", run: 0 });
    expect(of("audio/41.m4s")).toEqual({ kind: "segment", rendition: "audio", seq: 41 });
  });

  it.each([
    "/media/",
    "/media/short/master.m3u8",
    "/media/stream_0001/",
    "/media/stream_0001/720p/041.m4s",
    "/media/stream_0001/720p/-1.m4s",
    "/media/stream_0001/720p/1e3.m4s",
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
    ["", { kind: "none" }],
    ["token=1&x", { kind: "none" }],
    ["_HLS_skip=YES", { kind: "none" }],
    ["_HLS_msn=12", { kind: "block", msn: 12 }],
    ["_HLS_msn=12&_HLS_part=3", { kind: "block", msn: 12 }],
  ])("reads %j", (query, expected) => {
    expect(parseDirectives(query)).toEqual(expected);
  });

  it.each([
    "_HLS_part=1",
    "_HLS_msn=-1",
    "_HLS_msn=x",
    "_HLS_msn=",
    "_HLS_msn=1&_HLS_part=-2",
    "_HLS_msn=1&_HLS_msn=2",
  ])("refuses %j", (query) => {
    expect(parseDirectives(query).kind).toBe("invalid");
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
