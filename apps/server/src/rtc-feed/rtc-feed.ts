import type { Clock } from "../platform/clock.ts";
import { delay } from "../platform/lifecycle.ts";
import type { Logger } from "../platform/logger.ts";
import { type RtcFeedMedia, type RtcFeedSink, RtcRefusal } from "../stream/rtc.ts";
import type { StreamEvent, Subscription } from "../stream/subscription.ts";
import type { TrackSet, Unit } from "../stream/unit.ts";
import { PictureLine } from "./picture-line.ts";
import { PictureRtp, SoundRtp } from "./rtp-line.ts";
import { OPUS_FRAME_SAMPLES, SoundLine } from "./sound-line.ts";

/** Constrained Baseline 3.1 is what every browser offers; and they decode Main and High under this name. */
const PROFILE_LEVEL_ID = "42e01f";
const CLOCK_EVERY_MS = 1_000;
const RETRY_MS = 1_000;

export interface RtcFeedOptions {
  readonly subscription: Subscription;
  readonly sink: RtcFeedSink;
  /** Wall clock of the stream's tick 0. */
  readonly epochMs: number;
  /** Whether the present publisher's media come to the room by themselves, so that nothing is fed. */
  readonly comesByWebRtc: () => boolean;
  readonly ffmpegPath: string;
  readonly clock: Clock;
  readonly logger: Logger;
}

/**
 * A stream that came by RTMP, as RTP for its room: H.264 as it is where browsers take it, AAC as Opus,
 * both on the stream's timeline. Through breaks of the publisher and of its own encoders the numbering
 * goes on, so viewers stay connected; they are asked to connect anew only when a medium joins.
 */
export class RtcFeed {
  /** Settles when the stream has ended or the feed is closed, and nothing of it runs any more. Never rejects. */
  readonly done: Promise<void>;
  readonly #closing = new AbortController();
  #media: RtcFeedMedia = { video: undefined, audio: undefined };
  #pictureRtp: PictureRtp | undefined;
  #soundRtp: SoundRtp | undefined;
  #picture: PictureLine | undefined;
  #sound: SoundLine | undefined;
  /** What came in before is of no use to anybody but a decoder. */
  #freshFromMs = Number.POSITIVE_INFINITY;
  readonly #stopping = new Set<Promise<unknown>>();
  #clockToldAtMs = Number.NEGATIVE_INFINITY;

  constructor(private readonly options: RtcFeedOptions) {
    this.done = this.#run();
  }

  /** Idempotent; never rejects. */
  async close(): Promise<void> {
    this.#closing.abort();
    this.options.subscription.close();
    await this.done;
  }

  async #run(): Promise<void> {
    const { subscription, logger } = this.options;
    try {
      for await (const event of subscription) {
        if (this.#closing.signal.aborted) break;
        await this.#take(event);
      }
    } catch (error) {
      if (!this.#closing.signal.aborted) logger.error({ err: error }, "the WebRTC feed failed");
    } finally {
      subscription.close();
      this.#dropLines();
      await Promise.all(this.#stopping);
    }
  }

  async #take(event: StreamEvent): Promise<void> {
    switch (event.type) {
      case "unit":
        this.#push(event.unit);
        return;
      case "tracks":
        if (event.restart) this.#dropLines();
        if (this.options.comesByWebRtc()) return;
        await this.#configure(event.tracks);
        this.#makeLines(event);
        return;
      case "interrupted":
      case "ended":
        this.#dropLines();
        return;
    }
  }

  /** What was there once stays announced: a publisher that comes back without sound is silent. */
  async #configure(tracks: TrackSet): Promise<void> {
    const media: RtcFeedMedia = {
      video:
        this.#media.video ??
        (tracks.video !== undefined || tracks.expectsVideo
          ? { codec: "h264", profileLevelId: PROFILE_LEVEL_ID }
          : undefined),
      audio:
        this.#media.audio ??
        (tracks.audio !== undefined || tracks.expectsAudio ? { codec: "opus", channels: 2 } : undefined),
    };
    if (media.video === this.#media.video && media.audio === this.#media.audio) return;
    const { sink, clock } = this.options;
    const { video, audio } = await this.#accepted(media);
    const send = sink.send.bind(sink);
    this.#media = media;
    this.#pictureRtp = video && new PictureRtp(video, send);
    this.#soundRtp = audio && new SoundRtp(audio, send);
    this.#freshFromMs = clock.nowMs();
  }

  /** Without a worker the room says no; one is on its way. */
  async #accepted(media: RtcFeedMedia): ReturnType<RtcFeedSink["configure"]> {
    for (;;) {
      try {
        return await this.options.sink.configure(media);
      } catch (error) {
        if (!(error instanceof RtcRefusal)) throw error;
        this.options.logger.debug({ code: error.code }, "the room does not take the feed yet");
        await delay(RETRY_MS, this.#closing.signal);
      }
    }
  }

  #makeLines({ tracks, frameRate }: StreamEvent & { readonly type: "tracks" }): void {
    const { ffmpegPath, clock, logger } = this.options;
    const { video, audio } = tracks;
    if (video !== undefined) {
      this.#picture ??= new PictureLine({
        ...{ ffmpegPath, track: video, frameRate, clock, logger },
        onFrame: (pts90k, nals) => this.#pictureRtp?.frame(pts90k, nals),
      });
    }
    if (audio !== undefined) {
      this.#sound ??= new SoundLine({
        ...{ ffmpegPath, track: audio, clock, logger },
        onOpus: (pts90k, opus) => this.#soundRtp?.packet(pts90k, OPUS_FRAME_SAMPLES, opus),
      });
    }
  }

  #push(unit: Unit): void {
    const fresh = unit.receivedAtMs >= this.#freshFromMs;
    if (unit.kind === "video") this.#picture?.push(unit, fresh);
    else if (fresh) this.#sound?.push(unit);
    if (fresh && (unit.kind === "video" || this.#media.video === undefined)) this.#tellClock(unit);
  }

  #tellClock({ pts90k, clock }: Unit): void {
    const nowMs = this.options.clock.monotonicMs();
    if (nowMs - this.#clockToldAtMs < CLOCK_EVERY_MS) return;
    this.#clockToldAtMs = nowMs;
    this.options.sink.tellClock({
      rtpTimestamp: pts90k % 2 ** 32,
      wallMs: this.options.epochMs + pts90k / 90 + clock.offsetMs,
      source: clock.source,
    });
  }

  /** What comes next does not wait for the end of what was. */
  #dropLines(): void {
    const stopping = Promise.all([this.#picture?.close(), this.#sound?.close()]);
    this.#picture = undefined;
    this.#sound = undefined;
    this.#stopping.add(stopping);
    void stopping.finally(() => this.#stopping.delete(stopping));
  }
}
