import type { Clock } from "../platform/clock.ts";
import type { Logger } from "../platform/logger.ts";
import { type RtcFeed, type RtcFeedMedia, RtcRefusal } from "../stream/rtc.ts";
import type { StreamEvent, Subscription } from "../stream/subscription.ts";
import type { TrackSet, Unit } from "../stream/unit.ts";
import { PictureLine } from "./picture-line.ts";
import { PictureRtp, SoundRtp } from "./rtp-line.ts";
import { OPUS_FRAME_SAMPLES, SoundLine } from "./sound-line.ts";

/** Constrained Baseline 3.1 is what every browser offers; and they decode Main and High under this name. */
const PROFILE_LEVEL_ID = "42e01f";
const CLOCK_EVERY_MS = 1_000;
/** Without a media worker the room says no; one is on its way. */
const RETRY_MS = 500;

export interface StreamFeedOptions {
  readonly subscription: Subscription;
  /** Takes the stream's place in its room. */
  readonly openRoom: () => RtcFeed;
  /** Wall clock of the stream's tick 0. */
  readonly epochMs: number;
  /** The present publisher's media come to the room by themselves. Asked whenever a publisher comes. */
  readonly comesByWebRtc: () => boolean;
  readonly ffmpegPath: string;
  readonly clock: Clock;
  readonly logger: Logger;
}

interface OpenRoom {
  readonly feed: RtcFeed;
  media: RtcFeedMedia;
  picture: PictureRtp | undefined;
  sound: SoundRtp | undefined;
  /** What came in before is of no use to anybody but a decoder. */
  freshFromMs: number;
  triedAtMs: number;
}

/**
 * A stream that came by RTMP, as RTP for its room: H.264 as it is where browsers take it, AAC as Opus,
 * both on the stream's timeline. Through breaks of the publisher and of its own encoders the numbering
 * goes on, so viewers stay connected; they are asked to connect anew only when a medium joins. While
 * the publisher is one that came by WHIP, the room is left to it.
 */
export class StreamFeed {
  /** Settles when the stream has ended or the feed is closed, and nothing of it runs any more. Never rejects. */
  readonly done: Promise<void>;
  readonly #stopping = new Set<Promise<unknown>>();
  #tracks: TrackSet | undefined;
  #room: OpenRoom | undefined;
  #picture: PictureLine | undefined;
  #sound: SoundLine | undefined;
  #clockToldAtMs = Number.NEGATIVE_INFINITY;

  constructor(private readonly options: StreamFeedOptions) {
    this.done = this.#run();
  }

  /** Idempotent; never rejects. */
  async close(): Promise<void> {
    this.options.subscription.close();
    await this.done;
  }

  async #run(): Promise<void> {
    const { subscription, logger } = this.options;
    try {
      for await (const event of subscription) await this.#take(event);
    } catch (error) {
      logger.error({ err: error }, "the WebRTC feed failed");
    } finally {
      subscription.close();
      this.#dropLines();
      this.#leaveRoom();
      await Promise.all(this.#stopping);
    }
  }

  async #take(event: StreamEvent): Promise<void> {
    switch (event.type) {
      case "unit":
        if (this.#room !== undefined) await this.#push(this.#room, event.unit);
        return;
      case "tracks":
        if (event.restart) this.#dropLines();
        if (this.options.comesByWebRtc()) {
          this.#leaveRoom();
          return;
        }
        this.#tracks = event.tracks;
        this.#room ??= newRoom(this.options.openRoom());
        await this.#configure(this.#room, event.tracks);
        this.#makeLines(event);
        return;
      case "interrupted":
      case "ended":
        this.#dropLines();
        return;
    }
  }

  /** What was there once stays announced: a publisher that comes back without sound is silent. */
  async #configure(room: OpenRoom, tracks: TrackSet): Promise<void> {
    const { video, audio } = tracks;
    const picture = { codec: "h264", profileLevelId: PROFILE_LEVEL_ID } as const;
    const sound = { codec: "opus", channels: 2 } as const;
    const media: RtcFeedMedia = {
      video: room.media.video ?? (video !== undefined || tracks.expectsVideo ? picture : undefined),
      audio: room.media.audio ?? (audio !== undefined || tracks.expectsAudio ? sound : undefined),
    };
    if (media.video === room.media.video && media.audio === room.media.audio) return;
    const { clock, logger } = this.options;
    room.triedAtMs = clock.monotonicMs();
    try {
      const terms = await room.feed.configure(media);
      const send = room.feed.send.bind(room.feed);
      room.picture ??= terms.video && new PictureRtp(terms.video, send);
      room.sound ??= terms.audio && new SoundRtp(terms.audio, send);
      room.media = media;
      room.freshFromMs = clock.nowMs();
    } catch (error) {
      if (!(error instanceof RtcRefusal)) throw error;
      logger.debug({ code: error.code }, "the room does not take the feed yet");
    }
  }

  #makeLines({ tracks, frameRate }: StreamEvent & { readonly type: "tracks" }): void {
    const { ffmpegPath, clock, logger } = this.options;
    const { video, audio } = tracks;
    if (video !== undefined) {
      this.#picture ??= new PictureLine({
        ...{ ffmpegPath, track: video, frameRate, clock, logger },
        onFrame: (pts90k, nals) => this.#room?.picture?.frame(pts90k, nals),
      });
    }
    if (audio !== undefined) {
      this.#sound ??= new SoundLine({
        ...{ ffmpegPath, track: audio, clock, logger },
        onOpus: (pts90k, opus) => this.#room?.sound?.packet(pts90k, OPUS_FRAME_SAMPLES, opus),
      });
    }
  }

  async #push(room: OpenRoom, unit: Unit): Promise<void> {
    const isRefused = room.freshFromMs === Number.POSITIVE_INFINITY;
    if (isRefused && this.options.clock.monotonicMs() - room.triedAtMs >= RETRY_MS) {
      if (this.#tracks !== undefined) await this.#configure(room, this.#tracks);
    }
    const fresh = unit.receivedAtMs >= room.freshFromMs;
    if (unit.kind === "video") this.#picture?.push(unit, fresh);
    else if (fresh) this.#sound?.push(unit);
    if (fresh && (unit.kind === "video" || room.picture === undefined)) this.#tellClock(room, unit);
  }

  #tellClock({ feed }: OpenRoom, { pts90k, clock }: Unit): void {
    const nowMs = this.options.clock.monotonicMs();
    if (nowMs - this.#clockToldAtMs < CLOCK_EVERY_MS) return;
    this.#clockToldAtMs = nowMs;
    feed.tellClock({
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

  #leaveRoom(): void {
    this.#room?.feed.close();
    this.#room = undefined;
  }
}

const newRoom = (feed: RtcFeed): OpenRoom => ({
  feed,
  media: { video: undefined, audio: undefined },
  picture: undefined,
  sound: undefined,
  freshFromMs: Number.POSITIVE_INFINITY,
  triedAtMs: Number.NEGATIVE_INFINITY,
});
