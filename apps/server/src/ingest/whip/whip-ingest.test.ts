import { StreamId } from "@footlight/shared";
import { pino } from "pino";
import { describe, expect, it, vi } from "vitest";
import type { RtcPublication, RtcPublicationOutput } from "../../stream/rtc.ts";
import { RtcRefusal } from "../../stream/rtc.ts";
import { RecordingPublisher } from "../../testing/rtmp-publisher-hub.ts";
import { Admitter } from "../admission.ts";
import { nameOfAgent } from "../encoder-name.ts";
import { LockOut } from "../lock-out.ts";
import { noWhipMetrics, type WhipOutcome } from "./metrics.ts";
import { WhipIngest } from "./whip-ingest.ts";

const KEY = "right-key-0123456789abcdef";
const OFFER = [
  "v=0",
  "o=- 1 1 IN IP4 127.0.0.1",
  "s=-",
  "t=0 0",
  "a=group:BUNDLE 0",
  "a=ice-ufrag:abcd",
  "a=ice-pwd:0123456789012345678901",
  `a=fingerprint:sha-256 ${Array.from({ length: 32 }, () => "AB").join(":")}`,
  "a=setup:actpass",
  "m=audio 9 UDP/TLS/RTP/SAVPF 111",
  "c=IN IP4 0.0.0.0",
  "a=mid:0",
  "a=sendonly",
  "a=rtcp-mux",
  "a=rtpmap:111 opus/48000/2",
  "a=ssrc:1 cname:a",
  "",
].join("\r\n");

class FakePublication implements RtcPublication {
  readonly answer = "v=0";
  readonly iceTag = "tag";
  readonly media = [];
  readonly end = new AbortController();
  output: RtcPublicationOutput | undefined;
  get closed(): AbortSignal {
    return this.end.signal;
  }
  start(output: RtcPublicationOutput): void {
    this.output = output;
  }
  requestKeyframe(): void {}
  tellClock(): void {}
  async restartIce(fragment: string): Promise<string> {
    return fragment;
  }
  close(): void {
    this.end.abort("left");
  }
}

function setUp(options: { publish?: () => Promise<RtcPublication>; idleMs?: number } = {}) {
  const hub = new RecordingPublisher(KEY);
  const publication = new FakePublication();
  const outcomes: WhipOutcome[] = [];
  const published: string[] = [];
  const ingest = new WhipIngest({
    admitter: new Admitter(hub, new LockOut({ monotonicMs: () => 0 })),
    rtc: {
      publish: async (streamId) => {
        published.push(streamId);
        return options.publish === undefined ? publication : options.publish();
      },
    },
    metrics: { ...noWhipMetrics, sessionClosed: (outcome) => outcomes.push(outcome) },
    logger: pino({ level: "silent" }),
    ...(options.idleMs === undefined ? {} : { idleMs: options.idleMs }),
  });
  const open = (over: Partial<Parameters<WhipIngest["open"]>[0]> = {}) =>
    ingest.open({ offer: OFFER, bearer: KEY, address: "::ffff:10.0.0.1", userAgent: "obs/30", ...over });
  return { hub, ingest, publication, outcomes, published, open };
}

describe("WhipIngest", () => {
  it("publishes under the lease of the key", async () => {
    const { hub, ingest, publication, published, open } = setUp();
    const session = await open();
    expect(hub.requests).toMatchObject([{ protocol: "whip", remoteAddress: "10.0.0.1", encoder: "obs/30" }]);
    expect(published).toEqual([StreamId.parse("test_stream")]);
    expect(session.answer).toBe(publication.answer);
    expect(publication.output).toBeDefined();
    expect(ingest.sessions).toBe(1);
  });

  it("asks for no key with an offer that cannot be met", async () => {
    const { hub, open } = setUp();
    await expect(open({ offer: "hello" })).rejects.toMatchObject({ code: "bad_sdp" });
    const recvonly = OFFER.replace("sendonly", "recvonly");
    await expect(open({ offer: recvonly })).rejects.toMatchObject({ code: "unsupported_sdp" });
    expect(hub.requests).toEqual([]);
  });

  it("shuts an address out after ten wrong keys, as RTMP does", async () => {
    const { hub, open } = setUp();
    for (let i = 0; i < 10; i += 1) {
      await expect(open({ bearer: "wrong" })).rejects.toMatchObject({ code: "unauthenticated" });
    }
    await expect(open()).rejects.toMatchObject({ code: "rate_limited", retryAfterS: 60 });
    expect(hub.leases).toEqual([]);
    await open({ address: "10.0.0.2" });
  });

  it.each([
    ["key_in_use", "key_in_use", undefined],
    ["stream_ended", "stream_ended", undefined],
    ["server_full", "unavailable", 5],
    ["server_closing", "unavailable", 5],
  ] as const)("tells of %s", async (refusal, code, retryAfterS) => {
    const { hub, ingest, open } = setUp();
    hub.answer = async () => ({ kind: "refused", code: refusal });
    await expect(open()).rejects.toMatchObject({
      code,
      retryAfterS,
      message: expect.stringMatching(/\w\.$/),
    });
    expect(ingest.sessions).toBe(0);
  });

  it("gives the stream back when no session came of it", async () => {
    const { hub, ingest, open } = setUp({
      publish: () => Promise.reject(new RtcRefusal("rtc_unavailable", "No worker.", 2)),
    });
    await expect(open()).rejects.toMatchObject({ code: "rtc_unavailable" });
    expect(hub.last.closeReason).toBe("connection_lost");
    expect(ingest.sessions).toBe(0);
  });
});

describe("a WHIP session", () => {
  it("ends with DELETE, once", async () => {
    const { hub, ingest, publication, outcomes, open } = setUp();
    const session = await open();
    session.close();
    session.close();
    expect([hub.last.closeReason, publication.closed.aborted]).toEqual(["unpublished", true]);
    expect([outcomes, ingest.sessions]).toEqual([["unpublished"], 0]);
  });

  it("is interrupted where ICE is lost", async () => {
    const { hub, publication, outcomes, open } = setUp();
    await open();
    publication.end.abort("timed_out");
    expect([hub.last.closeReason, outcomes]).toEqual(["connection_lost", ["connection_lost"]]);
  });

  it("ends where its lease is revoked", async () => {
    const { hub, publication, outcomes, open } = setUp();
    const session = await open();
    hub.last.revoke("key_rotated");
    expect([session.closed.aborted, publication.closed.aborted, outcomes]).toEqual([true, true, ["revoked"]]);
  });

  it("is dropped when nothing has come for long, and not before", async () => {
    vi.useFakeTimers();
    try {
      const { publication, outcomes, open } = setUp({ idleMs: 1_000 });
      await open();
      await vi.advanceTimersByTimeAsync(900);
      publication.output?.rtp("audio", new Uint8Array(), 0);
      await vi.advanceTimersByTimeAsync(900);
      expect(outcomes).toEqual([]);
      await vi.advanceTimersByTimeAsync(200);
      expect(outcomes).toEqual(["idle"]);
    } finally {
      vi.useRealTimers();
    }
  });
});

it.each([
  [
    "Mozilla/5.0 (X11; Linux x86_64) AppleWebKit/537.36 (KHTML, like Gecko) HeadlessChrome/156.0.0.0 Safari/537.36",
    "Chrome 156",
  ],
  [
    "Mozilla/5.0 (Macintosh; Intel Mac OS X 10_15_7) AppleWebKit/605.1.15 (KHTML, like Gecko) Version/17.4 Safari/605.1.15",
    "Safari 17",
  ],
  ["Mozilla/5.0 (X11; Linux x86_64; rv:140.0) Gecko/20100101 Firefox/140.0", "Firefox 140"],
  [
    "Mozilla/5.0 (X11; Linux x86_64) AppleWebKit/537.36 (KHTML, like Gecko) FootlightStudio/0.1.0 Chrome/146.0.0.0 Electron/41.7.1 Safari/537.36",
    "Footlight Studio 0.1.0",
  ],
  ["Mozilla/5.0 (compatible)", "Mozilla/5.0 (compatible)"],
  ["OBS-Studio/30.1.2", "OBS-Studio/30.1.2"],
  ["", undefined],
])("%s is %s to a streamer", (agent, name) => {
  expect(nameOfAgent(agent)).toBe(name);
});
