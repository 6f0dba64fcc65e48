import { Unwrapper } from "./unwrapper.ts";

export type RtpKind = "audio" | "video";

/** What a sender report (RFC 3550 §6.4.1) says of an RTP timestamp. */
export interface ReportedTime {
  readonly rtpTimestamp: number;
  /** Milliseconds since 1970, by the sender's clock. */
  readonly wallMs: number;
}

const TICKS_PER_MS = 90;
/**
 * Of so many reports, some seconds, the lower quartile is believed: senders that pair the time of their last
 * packet with that of the report are late by up to a frame, and by more when they are busy; none is early.
 */
const REPORTS = 8;
/** Reports that disagree by more than this were made on either side of a restart. */
const RESTARTED_MS = 1_000;
/** Smaller errors between sound and picture are noise. */
const TOLERANCE_MS = 10;
/** Errors up to this are evened out as fast as resamplers follow unheard; a larger one by a cut. */
const GLIDE_MS = 200;
const GLIDE = 0.01;
/** Sound and picture arrive no further apart than this: reports that claim it are wrong. */
const MAX_APART_MS = 1_000;
/** To be sure enough for a cut: so many reports, the better half of which say the same. */
const SURE_REPORTS = 3;
const SAME_MS = 50;

interface Track {
  readonly unwrapper: Unwrapper;
  /** Ticks of 90 kHz in one of the track's own. */
  readonly scale: number;
  /** From the track's ticks to the common clock; undefined before its first packet. */
  offset90k: number | undefined;
  last90k: number;
  /** Sender's wall clock minus the track's time, newest last. */
  wallOffsetsMs: number[];
}

/**
 * Sound and picture of one sender on one clock of 90 kHz ticks. Their RTP timestamps begin anywhere and
 * are no relatives: until sender reports tell of both what they are in the sender's wall-clock time, each
 * is put where its first packet arrived; then the sound moves beside the picture.
 */
export class SenderClock {
  readonly #tracks: Readonly<Record<RtpKind, Track>>;
  /** Where the sound's offset goes. */
  #wanted90k: number | undefined;

  /** @param rates clock rates of the payloads, hertz */
  constructor(rates: { readonly audio: number; readonly video: number }) {
    this.#tracks = { audio: newTrack(rates.audio), video: newTrack(rates.video) };
  }

  /** A packet's time on the common clock, and by the sender's wall clock where that is known. */
  place(
    kind: RtpKind,
    rtpTimestamp: number,
    arrivalMs: number,
  ): { readonly ticks90k: number; readonly wallMs: number | undefined } {
    const track = this.#tracks[kind];
    const own90k = track.unwrapper.unwrap(rtpTimestamp) * track.scale;
    track.offset90k ??= Math.round(arrivalMs * TICKS_PER_MS - own90k);
    if (kind === "audio") track.offset90k += this.#glide(track.offset90k, own90k - track.last90k);
    track.last90k = own90k;
    const wallOffsetMs = believed(track.wallOffsetsMs);
    return {
      ticks90k: Math.round(own90k + track.offset90k),
      wallMs: wallOffsetMs === undefined ? undefined : own90k / TICKS_PER_MS + wallOffsetMs,
    };
  }

  report(kind: RtpKind, report: ReportedTime): void {
    const track = this.#tracks[kind];
    // Of what was not sent yet nothing can be told; some senders try all the same.
    if (!Number.isFinite(report.wallMs) || track.offset90k === undefined) return;
    const own90k = track.unwrapper.near(report.rtpTimestamp) * track.scale;
    const offsetMs = report.wallMs - own90k / TICKS_PER_MS;
    const known = believed(track.wallOffsetsMs);
    if (known !== undefined && Math.abs(offsetMs - known) > RESTARTED_MS) track.wallOffsetsMs = [];
    track.wallOffsetsMs = [...track.wallOffsetsMs.slice(1 - REPORTS), offsetMs];
    this.#align();
  }

  /** The sound gives way: stretching it a little is heard less than a stumbling picture is seen. */
  #align(): void {
    const { audio, video } = this.#tracks;
    const [audioWallMs, videoWallMs] = [audio, video].map((track) => believed(track.wallOffsetsMs));
    if (audioWallMs === undefined || videoWallMs === undefined) return;
    if (audio.offset90k === undefined || video.offset90k === undefined) return;
    const wanted90k = Math.round(video.offset90k + (audioWallMs - videoWallMs) * TICKS_PER_MS);
    const errorMs = Math.abs(wanted90k - audio.offset90k) / TICKS_PER_MS;
    if (errorMs > TOLERANCE_MS && errorMs < MAX_APART_MS) this.#wanted90k = wanted90k;
  }

  /** How far the sound's offset moves with the next packet. */
  #glide(offset90k: number, passed90k: number): number {
    const error90k = (this.#wanted90k ?? offset90k) - offset90k;
    if (Math.abs(error90k) > GLIDE_MS * TICKS_PER_MS) {
      const { audio, video } = this.#tracks;
      return isSure(audio.wallOffsetsMs) && isSure(video.wallOffsetsMs) ? error90k : 0;
    }
    const most90k = Math.min(Math.max(0, passed90k), TICKS_PER_MS * 1_000) * GLIDE;
    return Math.min(most90k, Math.max(-most90k, error90k));
  }
}

const newTrack = (rate: number): Track => ({
  unwrapper: new Unwrapper(32),
  scale: 90_000 / rate,
  offset90k: undefined,
  last90k: 0,
  wallOffsetsMs: [],
});

/** Undefined where there is none, or where they contradict each other. */
function believed(reports: readonly number[]): number | undefined {
  const sorted = [...reports].sort((a, b) => a - b);
  const agree = reports.length < SURE_REPORTS || spread(sorted) <= SAME_MS;
  return agree ? sorted[sorted.length >> 2] : undefined;
}

const isSure = (reports: readonly number[]): boolean =>
  reports.length >= SURE_REPORTS && believed(reports) !== undefined;

const spread = (sorted: readonly number[]): number => (sorted[sorted.length >> 1] ?? 0) - (sorted[0] ?? 0);
