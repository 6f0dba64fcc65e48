import { Unwrapper } from "./unwrapper.ts";

export type RtpKind = "audio" | "video";

/** What a sender report (RFC 3550 §6.4.1) says of an RTP timestamp. */
export interface ReportedTime {
  readonly rtpTimestamp: number;
  /** Milliseconds since 1970, by the sender's clock. */
  readonly wallMs: number;
}

const TICKS_PER_MS = 90;
/** The median of so many reports, a few seconds, is believed. */
const REPORTS = 5;
/** Reports that disagree by more than this were made on either side of a restart. */
const RESTARTED_MS = 1_000;
/** Smaller errors between sound and picture are noise. */
const HYSTERESIS_MS = 5;
/** Sound and picture arrive no further apart than this: reports that claim it are wrong. */
const MAX_APART_MS = 2_000;

interface Track {
  readonly unwrapper: Unwrapper;
  /** Ticks of 90 kHz in one of the track's own. */
  readonly scale: number;
  /** From the track's ticks to the common clock; undefined before its first packet. */
  offset90k: number | undefined;
  /** What the offset was by arrival. */
  arrived90k: number;
  /** Came before the first packet. */
  early: ReportedTime | undefined;
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

  /** @param rates clock rates of the payloads, hertz */
  constructor(rates: { readonly audio: number; readonly video: number }) {
    this.#tracks = { audio: newTrack(rates.audio), video: newTrack(rates.video) };
  }

  /** How far the reports moved the sound from where it arrived, milliseconds. */
  get soundMovedMs(): number {
    const { offset90k, arrived90k } = this.#tracks.audio;
    return offset90k === undefined ? 0 : (offset90k - arrived90k) / TICKS_PER_MS;
  }

  /** A packet's time on the common clock, and by the sender's wall clock where that is known. */
  place(
    kind: RtpKind,
    rtpTimestamp: number,
    arrivalMs: number,
  ): { readonly ticks90k: number; readonly wallMs: number | undefined } {
    const track = this.#tracks[kind];
    const own90k = track.unwrapper.unwrap(rtpTimestamp) * track.scale;
    if (track.offset90k === undefined) {
      track.arrived90k = Math.round(arrivalMs * TICKS_PER_MS - own90k);
      track.offset90k = track.arrived90k;
      if (track.early !== undefined) this.report(kind, track.early);
    }
    if (kind === "audio") this.#align();
    const wallOffsetMs = median(track.wallOffsetsMs);
    return {
      ticks90k: Math.round(own90k + track.offset90k),
      wallMs: wallOffsetMs === undefined ? undefined : own90k / TICKS_PER_MS + wallOffsetMs,
    };
  }

  report(kind: RtpKind, report: ReportedTime): void {
    const track = this.#tracks[kind];
    if (!Number.isFinite(report.wallMs)) return;
    if (track.offset90k === undefined) {
      track.early = report;
      return;
    }
    track.early = undefined;
    const own90k = track.unwrapper.near(report.rtpTimestamp) * track.scale;
    const offsetMs = report.wallMs - own90k / TICKS_PER_MS;
    const known = median(track.wallOffsetsMs);
    if (known !== undefined && Math.abs(offsetMs - known) > RESTARTED_MS) track.wallOffsetsMs = [];
    track.wallOffsetsMs = [...track.wallOffsetsMs.slice(1 - REPORTS), offsetMs];
  }

  /** The sound gives way: stretching it a little is heard less than a stumbling picture is seen. */
  #align(): void {
    const { audio, video } = this.#tracks;
    const [audioWallMs, videoWallMs] = [median(audio.wallOffsetsMs), median(video.wallOffsetsMs)];
    if (audioWallMs === undefined || videoWallMs === undefined) return;
    if (audio.offset90k === undefined || video.offset90k === undefined) return;
    const wanted90k = Math.round(video.offset90k + (audioWallMs - videoWallMs) * TICKS_PER_MS);
    if (Math.abs(wanted90k - audio.offset90k) > MAX_APART_MS * TICKS_PER_MS) return;
    if (Math.abs(wanted90k - audio.offset90k) > HYSTERESIS_MS * TICKS_PER_MS) audio.offset90k = wanted90k;
  }
}

const newTrack = (rate: number): Track => ({
  unwrapper: new Unwrapper(32),
  scale: 90_000 / rate,
  offset90k: undefined,
  arrived90k: 0,
  early: undefined,
  wallOffsetsMs: [],
});

function median(list: readonly number[]): number | undefined {
  return [...list].sort((a, b) => a - b)[list.length >> 1];
}
