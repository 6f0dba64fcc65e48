import type { RtpParameters } from "mediasoup/types";
import { describe, expect, it } from "vitest";
import { type OfferName, recordedOffer } from "../../testing/recorded-offers.ts";
import { writeAnswer } from "./answer.ts";
import { parseFragment, writeFragment } from "./fragment.ts";
import { parseOffer } from "./offer.ts";
import { publisherTerms } from "./publisher.ts";
import { SdpError } from "./sdp-error.ts";
import type { LocalTransport } from "./terms.ts";
import { viewerTerms } from "./viewer.ts";

const candidate = { priority: 1_078_862_079, ip: "192.0.2.7", address: "192.0.2.7", port: 40_000 } as const;
const LOCAL: LocalTransport = {
  ice: { usernameFragment: "oursoursours", password: "0123456789abcdef01234567", iceLite: true },
  candidates: [
    { ...candidate, foundation: "udpcandidate", protocol: "udp", type: "host" },
    { ...candidate, foundation: "tcpcandidate", protocol: "tcp", type: "host", tcpType: "passive" },
  ],
  fingerprints: [
    { algorithm: "sha-1", value: "AA:BB" },
    { algorithm: "sha-256", value: "CC:DD" },
  ],
};

function answerTo(name: OfferName): string {
  const offer = parseOffer(recordedOffer(name));
  return writeAnswer(offer, "recvonly", publisherTerms(offer).media, LOCAL);
}

function answerToViewer(text: string): string {
  const offer = parseOffer(text);
  const { media } = viewerTerms(offer, [
    {
      kind: "video",
      codec: {
        mimeType: "video/H264",
        clockRate: 90_000,
        parameters: { "profile-level-id": "42c028", "packetization-mode": 1 },
      },
    },
  ]);
  const rtp: RtpParameters = {
    codecs: [
      {
        mimeType: "video/H264",
        payloadType: 108,
        clockRate: 90_000,
        parameters: { "profile-level-id": "42c028", "packetization-mode": 1 },
        rtcpFeedback: [{ type: "nack", parameter: "" }],
      },
    ],
    headerExtensions: [],
    encodings: [{ ssrc: 1234 }],
    rtcp: { cname: "the-cname" },
  };
  return writeAnswer(
    offer,
    "sendonly",
    media.map(({ section }) => ({ section, rtp, msid: "stream1" })),
    LOCAL,
  );
}

describe("writeAnswer", () => {
  it("answers OBS as RFC 9725 wants it", () => {
    expect(answerTo("obs-publisher").split("\r\n")).toEqual([
      "v=0",
      "o=- 1 1 IN IP4 127.0.0.1",
      "s=-",
      "t=0 0",
      "a=ice-lite",
      "a=group:BUNDLE 0 1",
      "a=msid-semantic: WMS *",
      "m=audio 9 UDP/TLS/RTP/SAVPF 111",
      "c=IN IP4 0.0.0.0",
      "a=mid:0",
      "a=ice-ufrag:oursoursours",
      "a=ice-pwd:0123456789abcdef01234567",
      "a=fingerprint:sha-256 CC:DD",
      "a=setup:passive",
      "a=recvonly",
      "a=rtcp-mux",
      "a=rtpmap:111 opus/48000/2",
      "a=fmtp:111 minptime=10;useinbandfec=1;stereo=1;maxaveragebitrate=128000",
      "a=candidate:udpcandidate 1 udp 1078862079 192.0.2.7 40000 typ host",
      "a=candidate:tcpcandidate 1 tcp 1078862079 192.0.2.7 40000 typ host tcptype passive",
      "a=end-of-candidates",
      "m=video 9 UDP/TLS/RTP/SAVPF 96",
      "c=IN IP4 0.0.0.0",
      "a=mid:1",
      "a=ice-ufrag:oursoursours",
      "a=ice-pwd:0123456789abcdef01234567",
      "a=fingerprint:sha-256 CC:DD",
      "a=setup:passive",
      "a=recvonly",
      "a=rtcp-mux",
      "a=rtpmap:96 H264/90000",
      "a=rtcp-fb:96 nack",
      "a=rtcp-fb:96 nack pli",
      "a=rtcp-fb:96 goog-remb",
      "a=fmtp:96 profile-level-id=42e01f;packetization-mode=1;level-asymmetry-allowed=1",
      "",
    ]);
  });

  it("accepts all simulcast layers in the order of the offer", () => {
    const lines = answerTo("obs-simulcast").split("\r\n");
    expect(lines.filter((line) => /^a=(rid|simulcast)/.test(line))).toEqual([
      "a=rid:0 recv",
      "a=rid:1 recv",
      "a=rid:2 recv",
      "a=simulcast:recv 0;1;2",
    ]);
    expect(lines).toContain("a=extmap:2 urn:ietf:params:rtp-hdrext:sdes:rtp-stream-id");
  });

  it("answers retransmission, reduced RTCP and mixed extensions where they are offered", () => {
    const lines = answerTo("chromium-publisher").split("\r\n");
    expect(lines).toEqual(
      expect.arrayContaining([
        "a=extmap-allow-mixed",
        "a=rtcp-rsize",
        expect.stringMatching(/^m=video 9 UDP\/TLS\/RTP\/SAVPF 108 109$/),
        "a=rtpmap:109 rtx/90000",
        "a=fmtp:109 apt=108",
        // Else it would begin with 320x180.
        expect.stringMatching(/^a=fmtp:108 .*;x-google-start-bitrate=2500$/),
      ]),
    );
  });

  it("sends to a viewer under the profile that it offered, naming its streams", () => {
    const lines = answerToViewer(recordedOffer("chromium-viewer")).split("\r\n");
    expect(lines).toEqual(
      expect.arrayContaining([
        "a=sendonly",
        "a=fmtp:108 level-asymmetry-allowed=1;packetization-mode=1;profile-level-id=42e01f",
        "a=msid:stream1 video",
        "a=ssrc:1234 cname:the-cname",
      ]),
    );
  });

  it("rejects by port 0 what it does not take, outside the bundle", () => {
    const data = "m=application 9 UDP/DTLS/SCTP webrtc-datachannel\r\na=mid:data\r\n";
    const answer = answerToViewer(recordedOffer("chromium-viewer").replace(/(BUNDLE .*)/, "$1 data") + data);
    expect(answer).toContain("a=group:BUNDLE 0\r\n");
    expect(answer).toContain(
      "m=audio 0 UDP/TLS/RTP/SAVPF 111\r\nc=IN IP4 0.0.0.0\r\na=mid:1\r\na=inactive\r\n" +
        "m=application 0 UDP/DTLS/SCTP webrtc-datachannel\r\nc=IN IP4 0.0.0.0\r\na=mid:data\r\na=inactive\r\n",
    );
  });
});

describe("fragments", () => {
  it("reads a trickled candidate and an ICE restart", () => {
    const ice = "a=ice-ufrag:EsAw\r\na=ice-pwd:bP+XJMM09aR8AiX1jdukzR6Y\r\n";
    expect(
      parseFragment(
        `${ice}m=audio 9 UDP/TLS/RTP/SAVPF 0\r\na=mid:0\r\na=candidate:1387637174 1 udp 2122260223 192.0.2.1 61764 typ host\r\n`,
      ),
    ).toEqual({ ice: { ufrag: "EsAw", password: "bP+XJMM09aR8AiX1jdukzR6Y" }, candidates: 1 });
    expect(parseFragment(ice)).toMatchObject({ ice: { ufrag: "EsAw" }, candidates: 0 });
    expect(parseFragment("a=end-of-candidates\r\n")).toEqual({ ice: undefined, candidates: 0 });
  });

  it("reads a whole offer's credentials alike", () => {
    const text = recordedOffer("chromium-publisher");
    expect(parseFragment(text).ice).toEqual(parseOffer(text).ice);
  });

  it.each(["", "garbage", "a=mid:0\r\n", "a=ice-ufrag:EsAw\r\n", "a=ice-ufrag:x\r\na=ice-pwd:y\r\n"])(
    "refuses %j",
    (text) => {
      expect(() => parseFragment(text)).toThrow(SdpError);
    },
  );

  it("answers a restart with new credentials and all candidates", () => {
    const local = { ...LOCAL, ice: { usernameFragment: "anew", password: "fedcba9876543210fedcba98" } };
    expect(writeFragment(local, answerTo("obs-publisher")).split("\r\n")).toEqual([
      "a=ice-lite",
      "a=group:BUNDLE 0 1",
      "m=audio 9 UDP/TLS/RTP/SAVPF 111",
      "a=mid:0",
      "a=ice-ufrag:anew",
      "a=ice-pwd:fedcba9876543210fedcba98",
      "a=candidate:udpcandidate 1 udp 1078862079 192.0.2.7 40000 typ host",
      "a=candidate:tcpcandidate 1 tcp 1078862079 192.0.2.7 40000 typ host tcptype passive",
      "a=end-of-candidates",
      "",
    ]);
  });
});
