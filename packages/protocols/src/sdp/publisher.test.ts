import { describe, expect, it } from "vitest";
import { type OfferName, recordedOffer } from "../../testing/recorded-offers.ts";
import { parseOffer } from "./offer.ts";
import { publisherTerms } from "./publisher.ts";

const termsOf = (name: OfferName) => publisherTerms(parseOffer(recordedOffer(name)));
const OBS = recordedOffer("obs-publisher");
const refused = (text: string) => () => publisherTerms(parseOffer(text));

describe("publisherTerms of recorded offers", () => {
  it.each<[OfferName, string[]]>([
    ["chromium-publisher", ["audio 0 opus:111", "video 1 H264:108 42e01f/1 rtx:109"]],
    ["chromium-simulcast", ["audio 0 opus:111", "video 1 H264:108 42e01f/1 rtx:109"]],
    ["firefox-publisher", ["audio 0 opus:109", "video 1 VP8:120 /0 rtx:124"]],
    ["werift-publisher", ["audio 0 opus:96", "video 1 H264:97 42e01f/1"]],
    ["aiortc-publisher", ["audio 0 opus:96", "video 1 H264:101 42e01f/1 rtx:102"]],
    ["gstreamer-publisher", ["audio audio0 opus:97", "video video1 H264:96 42c015/1"]],
    ["ffmpeg-publisher", ["audio 0 opus:111", "video 1 H264:106 42001e/1 rtx:105"]],
    ["libdatachannel-publisher", ["audio 0 opus:111", "video 1 H264:96 42e01f/1"]],
    ["obs-publisher", ["audio 0 opus:111", "video 1 H264:96 42e01f/1"]],
    ["obs-simulcast", ["audio 0 opus:111", "video 1 H264:96 42e01f/1"]],
  ])("chooses the codecs of %s under its own numbers", (name, expected) => {
    const seen = termsOf(name).media.map(({ kind, rtp }) =>
      [
        kind,
        rtp.mid,
        ...rtp.codecs.map(({ mimeType, payloadType, parameters }) => {
          const codec = `${mimeType.replace(/^.*\//, "")}:${payloadType}`;
          if (kind === "audio" || codec.startsWith("rtx")) return codec;
          return `${codec} ${parameters["profile-level-id"] ?? ""}/${parameters["packetization-mode"] ?? 0}`;
        }),
      ].join(" "),
    );
    expect(seen).toEqual(expected);
  });

  it("expects bare descriptors of VP8 from whom no browser's library stands behind, one picture alone", () => {
    const bare = (text: string) => publisherTerms(parseOffer(text)).media.map(({ bareVp8 }) => bareVp8);
    const vp8 = (text: string) => text.replace(/H264\/90000/g, "VP8/90000");
    expect(bare(vp8(recordedOffer("gstreamer-publisher")))).toEqual([false, true]);
    expect(bare(recordedOffer("gstreamer-publisher"))).toEqual([false, false]);
    expect(bare(recordedOffer("firefox-publisher"))).toEqual([false, false]);
    expect(bare(vp8(recordedOffer("chromium-publisher")))).toEqual([false, false]);
    expect(bare(vp8(recordedOffer("obs-simulcast")))).toEqual([false, false]);
  });

  it("tells the streams apart by SSRC, with those of retransmissions", () => {
    const [audio, video] = termsOf("chromium-publisher").media;
    expect(audio?.rtp.encodings).toEqual([{ ssrc: expect.any(Number) }]);
    expect(video?.rtp.encodings).toEqual([{ ssrc: expect.any(Number), rtx: { ssrc: expect.any(Number) } }]);
    expect(audio?.rtp.rtcp?.cname).toMatch(/^\S{16}$/);
  });

  it("takes header extensions under the offer's numbers, and not the one that leaves turning to viewers", () => {
    const video = termsOf("chromium-publisher").media[1];
    const extensions = Object.fromEntries(
      (video?.rtp.headerExtensions ?? []).map(({ uri, id }) => [uri.replace(/^.*[:/]/, ""), id]),
    );
    expect(extensions).toEqual({
      mid: 4,
      "rtp-stream-id": 10,
      "repaired-rtp-stream-id": 11,
      "abs-send-time": 2,
      "draft-holmer-rmcat-transport-wide-cc-extensions-01": 3,
      toffset: 14,
    });
  });

  it("counts simulcast layers from the smallest up, whoever named them", () => {
    const rids = (name: OfferName) => termsOf(name).media[1]?.rtp.encodings?.map(({ rid }) => rid);
    expect(rids("chromium-simulcast")).toEqual(["q", "h", "f"]);
    expect(rids("obs-simulcast")).toEqual(["2", "1", "0"]);
  });

  it("describes the router that takes it", () => {
    const terms = termsOf("aiortc-publisher");
    expect(terms.dialect).toBe("audio/opus:96 video/h264:101:42e01f:1");
    expect(terms.routerCodecs).toEqual([
      expect.objectContaining({ kind: "audio", preferredPayloadType: 96, channels: 2 }),
      expect.objectContaining({
        kind: "video",
        preferredPayloadType: 101,
        // A number, for mediasoup compares it with its own by identity.
        parameters: expect.objectContaining({ "packetization-mode": 1, "profile-level-id": "42e01f" }),
      }),
    ]);
  });
});

describe("publisherTerms", () => {
  it("takes sound or picture alone", () => {
    const silent = OBS.replace("m=audio 9", "m=audio 0");
    expect(publisherTerms(parseOffer(silent)).media.map(({ kind }) => kind)).toEqual(["video"]);
    const blind = OBS.replace("m=video 9", "m=video 0").replace(/(mid:1\r\na=)sendonly/, "$1inactive");
    expect(publisherTerms(parseOffer(blind)).media.map(({ kind }) => kind)).toEqual(["audio"]);
  });

  it("takes old Chromium simulcast by its SSRCs", () => {
    const group = "a=ssrc-group:SIM 1836391041 1836391042\r\na=ssrc:1836391042 cname:x\r\n";
    const [, video] = publisherTerms(parseOffer(OBS + group)).media;
    expect(video?.rtp.encodings).toEqual([{ ssrc: 1836391041 }, { ssrc: 1836391042 }]);
  });

  it("takes layers by their sizes where they are told", () => {
    const sizes = [360, 1080, 720].map((height, i) => `a=rid:${i} send max-height=${height}\r\n`).join("");
    const text = recordedOffer("obs-simulcast").replace(/(a=rid:. send\r\n)+/, sizes);
    const [, video] = publisherTerms(parseOffer(text)).media;
    expect(video?.rtp.encodings?.map(({ rid }) => rid)).toEqual(["0", "2", "1"]);
  });

  it("takes VP8 where there is no H.264 that all can be given", () => {
    const vp8 = "a=rtpmap:98 VP8/90000\r\n";
    const text = OBS.replace("SAVPF 96", "SAVPF 96 98").replace("42e01f", "f4001f") + vp8;
    expect(publisherTerms(parseOffer(text)).media[1]?.rtp.codecs[0]?.mimeType).toBe("video/VP8");
  });

  it("does without SSRCs where packets carry their mid", () => {
    const bare = OBS.replace(/a=ssrc.*\r\n/g, "");
    const mid = "a=extmap:1 urn:ietf:params:rtp-hdrext:sdes:mid\r\n";
    const text = bare.replace("a=mid:0\r\n", `a=mid:0\r\n${mid}`) + mid;
    expect(publisherTerms(parseOffer(text)).media.map(({ rtp }) => rtp.encodings)).toEqual([[{}], [{}]]);
    expect(refused(bare)).toThrow("nothing in the packets would tell the media apart");
  });

  it.each([
    ["data alone", recordedOffer("chromium-data"), "no audio or video is sent"],
    ["a viewer's offer", recordedOffer("chromium-viewer"), "no audio or video is sent"],
    [
      "AV1",
      OBS.replace("H264/90000", "AV1/90000"),
      "no video codec in common: Opus, H.264 and VP8 are taken, AV1",
    ],
    ["no bundle", OBS.replace("a=group:BUNDLE 0 1\r\n", ""), "audio is offered without BUNDLE or rtcp-mux"],
    ["no rtcp-mux", OBS.replaceAll("a=rtcp-mux\r\n", ""), "audio is offered without BUNDLE or rtcp-mux"],
    [
      "rids without their extension",
      recordedOffer("obs-simulcast").replace(/a=extmap:2.*\r\n/, ""),
      "rids are offered without their header extension",
    ],
  ])("refuses %s as unsupported", (_what, text, message) => {
    expect(refused(text)).toThrow(expect.objectContaining({ code: "unsupported_sdp" }));
    expect(refused(text)).toThrow(message);
  });
});
