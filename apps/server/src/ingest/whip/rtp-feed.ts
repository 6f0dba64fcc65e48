import { OPUS_RATE, opusPacketSamples } from "@footlight/protocols/opus/opus.ts";
import type { Depacketiser } from "@footlight/protocols/rtp/depacketiser.ts";
import { parseRtpPacket, RtpError, type RtpPacket } from "@footlight/protocols/rtp/packet.ts";
import { ReorderBuffer } from "@footlight/protocols/rtp/reorder-buffer.ts";
import { SenderClock } from "@footlight/protocols/rtp/sender-clock.ts";
import { CaptureClock, type StreamClock } from "../../stream/capture-clock.ts";
import type { PublishLease } from "../../stream/publish.ts";
import type { RtcClock, RtcKind, RtcMedium, RtcPublicationOutput, SenderReport } from "../../stream/rtc.ts";
import type { TrackSet, VideoTrack } from "../../stream/unit.ts";
import { OPUS_TRACK } from "../opus-track.ts";
import { DecodeClock } from "./decode-clock.ts";
import { KeyframePacer } from "./keyframe-pacer.ts";
import type { WhipMetrics } from "./metrics.ts";
import { type PublishedFrame, videoFormat } from "./video-format.ts";

/** A header of its own and nothing to hear: silence that its sender did not encode (RFC 7587 §3.1.3). */
const SILENT_BYTES = 2;
/** Viewers are told of the clock again after this, for their timestamps wrap. */
const CLOCK_EVERY90K = 60 * 90_000;
/** A broken picture asks for a keyframe; those that it takes with it need not ask again at once. */
const ASK_AGAIN_MS = 500;

interface Received {
  readonly packet: RtpPacket;
  readonly atMs: number;
}

export interface RtpFeedDeps {
  readonly lease: Pick<PublishLease, "setTracks" | "push">;
  readonly requestKeyframe: () => void;
  readonly tellClock: (clock: RtcClock) => void;
  readonly metrics: Pick<
    WhipMetrics,
    "bytesReceived" | "packetsLost" | "framesDropped" | "keyframeRequested"
  >;
}

/** One publication's media: RTP packets in, tracks and units on the lease out. Pure but for the lease. */
export class RtpFeed implements RtcPublicationOutput {
  readonly #lanes = new Map<RtcKind, ReorderBuffer<Received>>();
  readonly #clock: SenderClock;
  readonly #decode = new DecodeClock();
  readonly #pacer: KeyframePacer;
  /** The hub judges the same times on its own timeline; this one is for who watches the packets themselves. */
  readonly #wallClock = new CaptureClock(0);
  #told: { readonly clock: StreamClock; readonly at90k: number } | undefined;
  #tracks: TrackSet;
  #frameAtMs = 0;
  #askedAtMs = Number.NEGATIVE_INFINITY;

  constructor(
    media: readonly RtcMedium[],
    private readonly deps: RtpFeedDeps,
  ) {
    const [audio, video] = (["audio", "video"] as const).map((kind) =>
      media.find((one) => one.kind === kind),
    );
    this.#clock = new SenderClock({
      audio: audio?.clockRate ?? OPUS_RATE,
      video: video?.clockRate ?? 90_000,
    });
    this.#pacer = new KeyframePacer(() => this.#requestKeyframe());
    if (audio !== undefined) this.#lanes.set("audio", this.#soundLane());
    if (video !== undefined) this.#lanes.set("video", this.#videoLane(video));
    this.#tracks = {
      video: undefined,
      audio: audio && OPUS_TRACK,
      expectsVideo: video !== undefined,
      expectsAudio: audio !== undefined,
    };
    deps.lease.setTracks(this.#tracks);
  }

  rtp(kind: RtcKind, bytes: Uint8Array, atMs: number): void {
    this.deps.metrics.bytesReceived(bytes.length);
    try {
      // A copy: it may have to wait, and its bytes are lent.
      const packet = parseRtpPacket(Uint8Array.prototype.slice.call(bytes));
      // Padding alone, by which senders feel for the line's width, has its number all the same.
      this.#lanes.get(kind)?.push(packet.sequenceNumber, { packet, atMs }, atMs);
    } catch (error) {
      if (!(error instanceof RtpError)) throw error;
    }
    for (const lane of this.#lanes.values()) lane.expire(atMs);
  }

  senderReport(kind: RtcKind, report: SenderReport): void {
    this.#clock.report(kind, report);
  }

  #soundLane(): ReorderBuffer<Received> {
    return new ReorderBuffer<Received>({
      item: ({ packet, atMs }) => {
        const { ticks90k } = this.#clock.place("audio", packet.timestamp, atMs);
        const { payload } = packet;
        if (payload.length <= SILENT_BYTES || opusPacketSamples(payload) === undefined) return;
        this.deps.lease.push({
          kind: "audio",
          dts90k: ticks90k,
          pts90k: ticks90k,
          keyframe: true,
          data: payload,
        });
      },
      lost: (count) => this.deps.metrics.packetsLost(count),
    });
  }

  #videoLane(medium: RtcMedium): ReorderBuffer<Received> {
    const format: Depacketiser = videoFormat(medium, {
      track: (track) => this.#announce(track),
      frame: (frame) => this.#frame(frame),
      broken: () => {
        this.deps.metrics.framesDropped();
        if (this.#frameAtMs - this.#askedAtMs >= ASK_AGAIN_MS) this.#requestKeyframe();
      },
    });
    return new ReorderBuffer<Received>({
      item: ({ packet, atMs }) => {
        this.#frameAtMs = atMs;
        format.push(packet);
      },
      lost: (count) => {
        this.deps.metrics.packetsLost(count);
        format.lost();
      },
    });
  }

  #announce(video: VideoTrack): void {
    this.#tracks = { ...this.#tracks, video };
    this.deps.lease.setTracks(this.#tracks);
  }

  #frame({ rtpTimestamp, keyframe, data }: PublishedFrame): void {
    const atMs = this.#frameAtMs;
    const { ticks90k: pts90k, wallMs } = this.#clock.place("video", rtpTimestamp, atMs);
    const captured = wallMs === undefined ? {} : { captureMs: wallMs };
    this.deps.lease.push({
      kind: "video",
      dts90k: this.#decode.dts90k(pts90k),
      pts90k,
      keyframe,
      data,
      ...captured,
    });
    this.#pacer.frame(pts90k, keyframe);
    this.#tellClock(rtpTimestamp, pts90k, this.#wallClock.add({ pts90k, receivedAtMs: atMs, ...captured }));
  }

  #tellClock(rtpTimestamp: number, pts90k: number, clock: StreamClock): void {
    const told = this.#told;
    if (told?.clock === clock && pts90k - told.at90k < CLOCK_EVERY90K) return;
    this.#told = { clock, at90k: pts90k };
    this.deps.tellClock({ rtpTimestamp, wallMs: pts90k / 90 + clock.offsetMs, source: clock.source });
  }

  #requestKeyframe(): void {
    this.#askedAtMs = this.#frameAtMs;
    this.deps.metrics.keyframeRequested();
    this.deps.requestKeyframe();
  }
}
