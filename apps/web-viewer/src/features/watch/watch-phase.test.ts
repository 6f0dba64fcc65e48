import type { ChannelPage } from "@footlight/shared";
import { describe, expect, it } from "vitest";
import { announce, pollEveryMs, watchPhase } from "./watch-phase.ts";

type Stream = NonNullable<ChannelPage["stream"]>;
const channel = (status: Stream["status"] | null, patch: Partial<Stream> = {}) =>
  ({
    displayName: "Mira",
    stream:
      status === null
        ? null
        : {
            status,
            playback_urls: { hls: "/m.m3u8", ll_hls: null, dash: null, whep: null },
            qualities: [{ name: "source", bitrate: 1, resolution: "640x360", fps: 30 }],
            ...patch,
          },
  }) as ChannelPage;
const phase = (page: ChannelPage | undefined, patch = {}) =>
  watchPhase({ channel: page, error: null, missing: false, sawLive: false, ...patch });

describe("watchPhase", () => {
  it("follows the stream", () => {
    expect(phase(undefined).kind).toBe("loading");
    expect(phase(channel(null)).kind).toBe("offline");
    expect(phase(channel("ready")).kind).toBe("starting");
    expect(phase(channel("live"))).toEqual({
      kind: "playing",
      url: "/m.m3u8",
      standardUrl: "/m.m3u8",
      rungs: ["source 640x360"],
    });
    expect(phase(channel("interrupted")).kind).toBe("reconnecting");
    expect(phase({ ...channel("interrupted"), slate: true }).kind, "the guests go on").toBe("playing");
    expect(phase(channel("ended")).kind).toBe("ended");
  });
  it("waits while there is nothing to play yet", () => {
    expect(phase(channel("live", { qualities: [] })).kind).toBe("starting");
  });
  it("says ended, not offline, to who has just watched", () => {
    expect(phase(channel(null), { sawLive: true }).kind).toBe("ended");
  });
  it("prefers the low-latency playlist", () => {
    const urls = { hls: "/m.m3u8", ll_hls: "/ll.m3u8", dash: null, whep: null };
    const found = phase(channel("live", { playback_urls: urls }));
    expect(found.kind === "playing" && found.url).toBe("/ll.m3u8");
    const ultra = phase(channel("live", { playback_urls: { ...urls, whep: "/whep/s" } }));
    expect(ultra).toMatchObject({ url: "/ll.m3u8", standardUrl: "/m.m3u8", whepUrl: "/whep/s" });
  });
  it("shows an error only while there is no answer at all", () => {
    expect(phase(undefined, { error: new Error("x") }).kind).toBe("error");
    expect(phase(channel("live"), { error: new Error("x") }).kind).toBe("playing");
    expect(phase(undefined, { error: new Error("x"), missing: true }).kind).toBe("missing");
  });
  it("asks quickly where something is about to change", () => {
    expect(pollEveryMs("reconnecting")).toBeLessThan(pollEveryMs("playing"));
    expect(pollEveryMs("starting")).toBeLessThan(pollEveryMs("offline"));
    expect(announce("reconnecting", "Mira")).toContain("interrupted");
  });
});
