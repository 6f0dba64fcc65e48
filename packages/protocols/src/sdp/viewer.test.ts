import { describe, expect, it } from "vitest";
import { type OfferName, recordedOffer } from "../../testing/recorded-offers.ts";
import { parseOffer } from "./offer.ts";
import type { SourceMedium } from "./terms.ts";
import { capabilitiesFor, viewerTerms } from "./viewer.ts";

const OPUS: SourceMedium = {
  kind: "audio",
  codec: { mimeType: "audio/opus", clockRate: 48_000, channels: 2, parameters: {} },
};
const VP8: SourceMedium = { kind: "video", codec: { mimeType: "video/VP8", clockRate: 90_000 } };
const h264 = (profile: string, mode = 1): SourceMedium => ({
  kind: "video",
  codec: {
    mimeType: "video/H264",
    clockRate: 90_000,
    parameters: { "profile-level-id": profile, "packetization-mode": mode },
  },
});
const termsOf = (name: OfferName, ...sources: SourceMedium[]) =>
  viewerTerms(parseOffer(recordedOffer(name)), sources);

describe("viewerTerms", () => {
  it.each<[OfferName, string]>([
    ["chromium-viewer", "audio/opus:111 video/h264:108:42e01f:1"],
    ["safari-viewer", "audio/opus:111 video/h264:98:42e01f:1"],
    ["werift-viewer", "audio/opus:96 video/h264:97:42e01f:1"],
    ["aiortc-viewer", "audio/opus:96 video/h264:101:42e01f:1"],
    ["gstreamer-viewer", "audio/opus:97 video/h264:96:42e01f:1"],
  ])("has the room speak as %s does", (name, dialect) => {
    expect(termsOf(name, OPUS, h264("42e01f")).dialect).toBe(dialect);
  });

  it("gives VP8 to a Firefox that has no H.264 yet, and refuses it the rest", () => {
    expect(termsOf("firefox-viewer", OPUS, VP8).dialect).toBe("audio/opus:109 video/vp8:120");
    expect(() => termsOf("firefox-viewer", OPUS, h264("42e01f"))).toThrow(
      expect.objectContaining({ code: "unsupported_sdp" }),
    );
  });

  it.each([
    ["42001f", "chromium-viewer", 102],
    ["4d001f", "chromium-viewer", 116],
    ["42c015", "chromium-viewer", 108],
    // None is high: the first that might decode it.
    ["640028", "chromium-viewer", 102],
    ["640c1f", "safari-viewer", 96],
    ["640028", "safari-viewer", 96],
    ["4d401f", "safari-viewer", 96],
  ] as const)("meets profile %s with what %s decodes", (profile, name, payloadType) => {
    const { routerCodecs, rtpCapabilities } = termsOf(name, h264(profile));
    expect(routerCodecs).toEqual([
      expect.objectContaining({
        preferredPayloadType: payloadType,
        // The source's own, for mediasoup compares strictly.
        parameters: { "profile-level-id": profile, "packetization-mode": 1 },
      }),
    ]);
    expect(rtpCapabilities.codecs?.[0]?.parameters).toEqual(routerCodecs[0]?.parameters);
  });

  it.each(["6e001f", "7a001f", "f4001f"])("refuses profile %s, which browsers do not show", (profile) => {
    expect(() => termsOf("chromium-viewer", h264(profile))).toThrow("video/H264 is not offered");
  });

  it("does not send fragments to who takes single NAL units only", () => {
    const text = recordedOffer("werift-viewer").replaceAll("packetization-mode=1", "packetization-mode=0");
    const terms = (mode: number) => viewerTerms(parseOffer(text), [h264("42e01f", mode)]);
    expect(() => terms(1)).toThrow("video/H264 is not offered");
    expect(terms(0).routerCodecs[0]?.preferredPayloadType).toBe(97);
  });

  it("leaves out what the room has not, and what is not asked for", () => {
    expect(termsOf("chromium-viewer", OPUS).media.map(({ kind }) => kind)).toEqual(["audio"]);
    const deaf = recordedOffer("chromium-viewer").replace(/m=audio[\s\S]*$/, "");
    const terms = viewerTerms(parseOffer(deaf), [OPUS, h264("42e01f")]);
    expect(terms.media.map(({ kind }) => kind)).toEqual(["video"]);
  });

  it("keeps the offer's order for the answer, and sound first for the router", () => {
    const terms = termsOf("chromium-viewer", OPUS, h264("42e01f"));
    expect(terms.media.map(({ kind }) => kind)).toEqual(["video", "audio"]);
    expect(terms.routerCodecs.map(({ kind }) => kind)).toEqual(["audio", "video"]);
  });

  it("tells which feedback and header extensions the viewer knows", () => {
    const { rtpCapabilities } = termsOf("chromium-viewer", OPUS, h264("42e01f"));
    expect(rtpCapabilities.codecs?.[1]?.rtcpFeedback).toEqual([
      { type: "nack", parameter: "" },
      { type: "nack", parameter: "pli" },
      { type: "ccm", parameter: "fir" },
      { type: "goog-remb", parameter: "" },
      { type: "transport-cc", parameter: "" },
    ]);
    const ids = rtpCapabilities.headerExtensions?.map(({ kind, uri, preferredId }) =>
      [kind, uri.replace(/^.*[:/]/, ""), preferredId].join(" "),
    );
    expect(ids).toEqual(
      expect.arrayContaining([
        "audio mid 9",
        "video mid 9",
        "video abs-send-time 2",
        "video playout-delay 5",
      ]),
    );
    // Only we would send these, and mediasoup does not.
    expect(ids?.join()).not.toMatch(/rtp-stream-id/);
  });

  it("offers mediasoup for one kind what was offered for that kind", () => {
    // Of the two kinds Firefox offers abs-send-time for pictures alone, under mediasoup's own number.
    const terms = termsOf("firefox-viewer", OPUS, VP8);
    const names = (kind: "audio" | "video") =>
      capabilitiesFor(kind, terms).headerExtensions?.map(({ uri }) => uri.replace(/^.*[:/]/, ""));
    expect(names("audio")).not.toContain("abs-send-time");
    expect(names("video")).toContain("abs-send-time");
  });

  it.each([
    ["a publisher's offer", recordedOffer("chromium-publisher")],
    ["data alone", recordedOffer("chromium-data")],
    ["no bundle", recordedOffer("chromium-viewer").replace(/a=group:BUNDLE.*\r\n/, "")],
  ])("refuses %s as unsupported", (_what, text) => {
    expect(() => viewerTerms(parseOffer(text), [OPUS, h264("42e01f")])).toThrow(
      expect.objectContaining({ code: "unsupported_sdp" }),
    );
  });
});
