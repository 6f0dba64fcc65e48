import { buildRtpPacket } from "@footlight/protocols/rtp/packet.ts";
import type { StreamId } from "@footlight/shared";
import type { RtcEngine } from "../src/sfu/rtc-engine.ts";
import type { RtcFeed, RtcFeedTerms } from "../src/stream/rtc.ts";

type Terms = Awaited<ReturnType<RtcFeed["configure"]>>;

/** A feed of made-up packets, with a keyframe when one is wanted. */
export class TestFeed implements AsyncDisposable {
  keyframesWanted = 0;
  readonly timestamps: number[] = [];
  readonly feed: RtcFeed;
  #terms: Terms | undefined;
  #timer: NodeJS.Timeout | undefined;
  #sequence = 0;
  #keyframeDue = true;

  constructor(engine: RtcEngine, streamId: StreamId) {
    this.feed = engine.feed(streamId, {
      keyframeWanted: () => {
        this.keyframesWanted += 1;
        this.#keyframeDue = true;
      },
    });
  }

  get terms(): Terms | undefined {
    return this.#terms;
  }

  async configure({ profileLevelId = "42e01f" } = {}): Promise<void> {
    this.#terms = await this.feed.configure({
      video: { codec: "h264", profileLevelId },
      audio: { codec: "opus", channels: 2 },
    });
  }

  start(): void {
    this.#timer = setInterval(() => {
      const { video, audio } = this.#terms ?? {};
      if (video === undefined || audio === undefined) return;
      this.#sequence += 1;
      const picture = [
        this.#keyframeDue ? 0x67 : 0x41,
        ...new Array<number>(300).fill(this.#sequence & 0xff),
      ];
      this.#keyframeDue = false;
      const timestamp = this.#sequence * 3_000;
      this.timestamps.push(timestamp);
      this.feed.send("video", rtp(video, this.#sequence, timestamp, picture));
      this.feed.send(
        "audio",
        rtp(audio, this.#sequence, this.#sequence * 1_600, new Array<number>(60).fill(7)),
      );
    }, 33);
  }

  async [Symbol.asyncDispose](): Promise<void> {
    clearInterval(this.#timer);
    this.feed.close();
  }
}

export async function aFeed(engine: RtcEngine, streamId: StreamId): Promise<TestFeed> {
  const feed = new TestFeed(engine, streamId);
  await feed.configure();
  feed.start();
  return feed;
}

function rtp(terms: RtcFeedTerms, sequenceNumber: number, timestamp: number, payload: number[]): Uint8Array {
  return buildRtpPacket({ ...terms, sequenceNumber, timestamp, marker: true, payload: Buffer.from(payload) });
}
