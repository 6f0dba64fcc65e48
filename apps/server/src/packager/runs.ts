import {
  AAC_FRAME_SAMPLES,
  aacCodecString,
  parseAudioSpecificConfig,
} from "@footlight/protocols/aac/audio-config.ts";
import { writeInitSegment } from "@footlight/protocols/fmp4/init-segment.ts";
import { avcCodecString } from "@footlight/protocols/h264/avc-config.ts";
import type { Rendition } from "../stream/media-sink.ts";
import type { StoredRun } from "../stream/segment-index.ts";

/** A rendition of a run as playlists need it. `codecString` is empty until it is configured or announced. */
export type TrackInfo = StoredRun["renditions"][number];

/** What a run's playlists and init segments are made of; outlives the run while its slots are listed. */
export interface RunInfo {
  readonly number: number;
  readonly tracks: Map<string, TrackInfo>;
  /** Made by this process; older ones lie in the blob store. */
  readonly inits: Map<string, Buffer>;
}

export function describeRun(number: number, renditions: readonly Rendition[]): RunInfo {
  return {
    number,
    tracks: new Map(renditions.map((rendition) => [rendition.name, describe(rendition)])),
    inits: new Map(),
  };
}

export function restoreRun(stored: StoredRun): RunInfo {
  return {
    number: stored.run,
    tracks: new Map(stored.renditions.map((track) => [track.name, track])),
    inits: new Map(),
  };
}

export const toStoredRun = (run: RunInfo): StoredRun => ({
  run: run.number,
  renditions: [...run.tracks.values()].filter((track) => track.codecString !== ""),
});

/** Samples of an AAC frame at the rendition's rate (twice as many with SBR). */
export function frameSamplesOf(config: Uint8Array | undefined, rendition: Rendition | undefined): number {
  if (config === undefined || rendition?.kind !== "audio") return AAC_FRAME_SAMPLES;
  const parsed = parseAudioSpecificConfig(config);
  return Math.round((parsed.frameSamples * rendition.sampleRate) / parsed.sampleRate);
}

/**
 * Fills in what the decoder configuration says. `reorder90k`: how far a video's presentation lies
 * behind its decoding. Throws on a configuration that cannot be read.
 */
export function configureTrack(
  run: RunInfo,
  rendition: Rendition,
  config: Uint8Array,
  reorder90k: number,
): Buffer {
  const info = describe(rendition);
  if (rendition.kind === "video") {
    const { width, height } = rendition;
    run.tracks.set(rendition.name, { ...info, codecString: avcCodecString(config) });
    const init = writeInitSegment({ kind: "video", config, width, height, reorder90k });
    run.inits.set(rendition.name, init);
    return init;
  }
  const { sampleRate, channels, bitrateBps } = rendition;
  run.tracks.set(rendition.name, { ...info, codecString: aacCodecString(parseAudioSpecificConfig(config)) });
  const init = writeInitSegment({ kind: "audio", config, sampleRate, channels, bitrateBps });
  run.inits.set(rendition.name, init);
  return init;
}

function describe(rendition: Rendition): TrackInfo {
  const { name, kind, bitrateBps } = rendition;
  const none = { width: 0, height: 0, fps: 0, sampleRate: 0, channels: 0 };
  if (kind === "audio") {
    const { sampleRate, channels } = rendition;
    return { ...none, name, kind, codecString: "", bitrateBps, sampleRate, channels };
  }
  const { width, height, frameRate } = rendition;
  const fps = frameRate.den > 0 ? frameRate.num / frameRate.den : 0;
  // One that sleeps is announced before there is anything of it; the others when there is.
  const codecString = rendition.asleep === true ? (rendition.codecString ?? "") : "";
  return { ...none, name, kind, codecString, bitrateBps, width, height, fps };
}
