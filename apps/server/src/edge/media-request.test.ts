import type { IncomingMessage } from "node:http";
import { describe, expect, it } from "vitest";
import { readMediaRequest } from "./media-request.ts";

const read = (url: string, acceptEncoding?: string) =>
  readMediaRequest({
    url,
    headers: acceptEncoding === undefined ? {} : { "accept-encoding": acceptEncoding },
  } as IncomingMessage);
const PLAYLIST = "/media/stream_1/360p/ll.m3u8";

describe("what is asked for", () => {
  it("is the path and, of a playlist, its directives in any order", () => {
    expect(read(`${PLAYLIST}?_HLS_part=3&_HLS_msn=7&CMCD=sid%3D1`)?.url).toBe(
      `${PLAYLIST}?_HLS_msn=7&_HLS_part=3`,
    );
    expect(read(`${PLAYLIST}?token=x`)?.url).toBe(PLAYLIST);
    expect(read("/media/stream_1/360p/7.3.m4s?CMCD=bl%3D500")?.url).toBe("/media/stream_1/360p/7.3.m4s");
    expect(read("/media/stream_1/manifest.mpd?x=1")?.url).toBe("/media/stream_1/manifest.mpd");
  });

  it("keeps what the origin must refuse", () => {
    expect(read(`${PLAYLIST}?_HLS_msn=1&_HLS_msn=2`)?.url).toBe(`${PLAYLIST}?_HLS_msn=1&_HLS_msn=2`);
    expect(read(`${PLAYLIST}?_HLS_part=x`)?.url).toBe(`${PLAYLIST}?_HLS_part=x`);
  });

  it("differs by compression where there is any", () => {
    const keys = ["gzip", "br, gzip;q=0.5", "*", "identity", "gzip;q=0", undefined].map(
      (header) => read(PLAYLIST, header)?.gzip,
    );
    expect(keys).toEqual([true, true, true, false, false, false]);
    expect(read(PLAYLIST, "gzip")?.key).not.toBe(read(PLAYLIST)?.key);
    const segment = "/media/stream_1/360p/7.m4s";
    expect(read(segment, "gzip")?.key).toBe(read(segment)?.key);
  });

  it.each([
    "/media/",
    "/media/stream_1",
    "/media/../secrets/key.pem",
    "/media/stream_1/%2e%2e/x.m4s",
    "/media/stream_1//7.m4s",
    "/media/stream_1/.hidden",
    `/media/stream_1/${"a".repeat(600)}.m4s`,
    "/api/v1/streams",
  ])("is nothing at %s", (url) => {
    expect(read(url)).toBeUndefined();
  });
});
