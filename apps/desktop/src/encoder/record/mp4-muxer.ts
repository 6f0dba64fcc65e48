import { AAC_FRAME_SAMPLES, buildAudioSpecificConfig } from "@footlight/protocols/aac/audio-config.ts";
import { movieChapters } from "@footlight/protocols/fmp4/chapters.ts";
import { type Sample, writeChunk } from "@footlight/protocols/fmp4/chunk.ts";
import { VIDEO_TIMESCALE, writeMovieHeader } from "@footlight/protocols/fmp4/init-segment.ts";
import { SAMPLE_RATE } from "../encode/aac-encoder.ts";
import type { PictureUnit, SoundUnit } from "../units.ts";
import { CHAPTER_ROOM, type Chapter, type MovieMuxer, type MovieShape } from "./movie-muxer.ts";

const PICTURE_TRACK = 1;
/** What a crash may cost. */
const FRAGMENT_US = 1_000_000;

interface SoundRun {
  readonly trackId: number;
  /** Of the first sample, in samples. */
  baseTime: number;
  samples: Sample[];
}

/** Fragmented MP4: a fragment a second and at each keyframe, so that a file without an end plays up to its last one. */
export class Mp4Muxer implements MovieMuxer {
  readonly #shape: MovieShape;
  readonly #sounds: Map<number, SoundRun>;
  #pictures: PictureUnit[] = [];
  #sequence = 1;
  #lastDuration = 0;

  constructor(shape: MovieShape) {
    this.#shape = shape;
    this.#sounds = new Map(
      shape.tracks.map((track, at) => [track, { trackId: PICTURE_TRACK + 1 + at, baseTime: 0, samples: [] }]),
    );
  }

  header(): Buffer {
    return this.#headerWith(movieChapters([], CHAPTER_ROOM));
  }

  chapters(chapters: readonly Chapter[]) {
    const bytes = movieChapters(chapters, CHAPTER_ROOM);
    return bytes && { position: this.#headerWith(bytes).byteLength - bytes.byteLength, bytes };
  }

  #headerWith(userData: Buffer | undefined): Buffer {
    const { first, width, height, tracks, audioBitrateBps } = this.#shape;
    const config = buildAudioSpecificConfig({ sampleRate: SAMPLE_RATE, channels: 2 });
    const sound = { kind: "audio", config, sampleRate: SAMPLE_RATE, channels: 2 } as const;
    const reorder90k = to90k(first.ptsUs - first.dtsUs);
    return writeMovieHeader(
      [
        { kind: "video", config: first.config, width, height, reorder90k },
        ...tracks.map(() => ({ ...sound, bitrateBps: audioBitrateBps })),
      ],
      VIDEO_TIMESCALE,
      userData,
    );
  }

  picture(unit: PictureUnit): Buffer[] {
    const began = this.#pictures[0]?.dtsUs ?? unit.dtsUs;
    const full = unit.key || unit.dtsUs - began >= FRAGMENT_US;
    const fragment = full && this.#pictures.length > 0 ? this.#fragment(unit.dtsUs) : [];
    this.#pictures.push(unit);
    return fragment;
  }

  sound(unit: SoundUnit): Buffer[] {
    const run = this.#sounds.get(unit.track);
    // Sound counts from the first picture's presentation.
    const time = Math.round(((unit.ptsUs - this.#shape.first.ptsUs) * SAMPLE_RATE) / 1e6);
    if (run === undefined || time < 0) return [];
    const expected = run.baseTime + run.samples.length * AAC_FRAME_SAMPLES;
    // A gap is a new fragment's time; a sample more or less is the rounding of microseconds.
    const gap = run.samples.length > 0 && Math.abs(time - expected) > 1;
    const flushed = gap ? this.#soundFragment(run) : [];
    if (run.samples.length === 0) {
      run.baseTime = Math.abs(time - run.baseTime) <= 1 ? run.baseTime : time;
    }
    run.samples.push({
      data: unit.data,
      duration: AAC_FRAME_SAMPLES,
      compositionOffset: 0,
      sync: true,
    });
    return flushed;
  }

  end(): Buffer[] {
    return this.#pictures.length > 0 ? this.#fragment(undefined) : this.#allSounds();
  }

  /** @param nextDtsUs of the picture after it; at the end the last one lasts as long as the one before */
  #fragment(nextDtsUs: number | undefined): Buffer[] {
    const pictures = this.#pictures;
    this.#pictures = [];
    const base = this.#time(pictures[0]?.dtsUs ?? 0);
    const samples = pictures.map((unit, at): Sample => {
      const next = pictures[at + 1]?.dtsUs ?? nextDtsUs;
      // Each ends where the next begins, after rounding: nothing adds up.
      if (next !== undefined) this.#lastDuration = this.#time(next) - this.#time(unit.dtsUs);
      return {
        data: unit.data,
        duration: this.#lastDuration,
        compositionOffset: this.#time(unit.ptsUs) - this.#time(unit.dtsUs),
        sync: unit.key,
      };
    });
    return [
      writeChunk({
        trackId: PICTURE_TRACK,
        sequenceNumber: this.#sequence++,
        baseDecodeTime: base,
        samples,
        segmentStart: false,
        captureMs: undefined,
      }),
      ...this.#allSounds(),
    ];
  }

  #allSounds(): Buffer[] {
    return [...this.#sounds.values()].flatMap((run) => this.#soundFragment(run));
  }

  #soundFragment(run: SoundRun): Buffer[] {
    const { trackId, baseTime, samples } = run;
    if (samples.length === 0) return [];
    run.samples = [];
    run.baseTime = baseTime + samples.length * AAC_FRAME_SAMPLES;
    return [
      writeChunk({
        trackId,
        sequenceNumber: this.#sequence++,
        baseDecodeTime: baseTime,
        samples,
        segmentStart: false,
        captureMs: undefined,
      }),
    ];
  }

  #time(us: number): number {
    return to90k(us - this.#shape.first.dtsUs);
  }
}

const to90k = (us: number): number => Math.round((us * VIDEO_TIMESCALE) / 1e6);
