import { parseAvcConfig } from "@footlight/protocols/h264/avc-config.ts";
import { BitstreamError } from "@footlight/protocols/h264/bit-reader.ts";
import { NalType, nalTypeOf, splitLengthPrefixed } from "@footlight/protocols/h264/nal.ts";
import { isBSlice } from "@footlight/protocols/h264/slice-type.ts";
import { parseSps } from "@footlight/protocols/h264/sps.ts";
import type { Unit, VideoTrack } from "../stream/unit.ts";

/** Why a picture cannot go to browsers as it came. */
export type Unpassable =
  /** Not H.264. */
  | "codec"
  /** H.264 that browsers do not decode: interlaced, 10 bit, 4:2:2, broken. */
  | "profile"
  /** Frames are shown in another order than they are sent in, which WebRTC has no way to say. */
  | "b_frames"
  /** Who joins, or loses a packet, would wait too long for a picture. */
  | "keyframes";

/** A keyframe further away than this is worth an encoder. */
const MAX_KEYFRAME_DISTANCE90K = 5 * 90_000;
/** Differences of less are rounding. */
const REORDERED90K = 90;

const PASSED_PROFILES = new Set([66, 77, 88, 100]);

/** By what is known before any frame. */
export function trackUnpassable(track: VideoTrack): Unpassable | undefined {
  if (track.codec !== "h264") return "codec";
  try {
    const sets = parseAvcConfig(track.config).sps.map(parseSps);
    const fits = sets.every(
      ({ profile, chromaFormat, bitDepth, chromaBitDepth, interlaced }) =>
        PASSED_PROFILES.has(profile) &&
        chromaFormat === 1 &&
        bitDepth === 8 &&
        chromaBitDepth === 8 &&
        !interlaced,
    );
    return fits ? undefined : "profile";
  } catch (error) {
    if (error instanceof BitstreamError) return "profile";
    throw error;
  }
}

/** Looks at each frame of a track that may be passed, for what speaks against it. */
export class PassWatch {
  readonly #bFramesPossible: boolean;
  #keyframe90k: number | undefined;

  /** @param track H.264 for which `trackUnpassable` found nothing */
  constructor(track: VideoTrack) {
    this.#bFramesPossible = parseAvcConfig(track.config).sps.some((nal) => parseSps(nal).bFramesPossible);
  }

  /** @param nals of the unit */
  look(unit: Unit, nals: readonly Uint8Array[]): Unpassable | undefined {
    // Browsers begin with an IDR only, not where a publisher's pictures refresh themselves bit by bit.
    if (isIdr(nals)) this.#keyframe90k = unit.pts90k;
    this.#keyframe90k ??= unit.pts90k;
    if (this.#bFramesPossible && isReordered(unit, nals)) return "b_frames";
    return unit.pts90k - this.#keyframe90k > MAX_KEYFRAME_DISTANCE90K ? "keyframes" : undefined;
  }
}

export const isIdr = (nals: readonly Uint8Array[]): boolean =>
  nals.some((nal) => nalTypeOf(nal) === NalType.idr);

/**
 * By the publisher's own times, which say with the first keyframe already that its encoder reorders;
 * and by the slices, for publishers that do not tell composition times.
 */
const isReordered = (unit: Unit, nals: readonly Uint8Array[]): boolean =>
  unit.pts90k - unit.dts90k > REORDERED90K || nals.some(isBSlice);

/** The unit's NAL units; none where it is broken. */
export function nalsOf(unit: Unit): Uint8Array[] {
  try {
    return splitLengthPrefixed(unit.data);
  } catch (error) {
    if (error instanceof BitstreamError) return [];
    throw error;
  }
}
