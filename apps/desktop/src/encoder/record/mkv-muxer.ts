import { buildAudioSpecificConfig } from "@footlight/protocols/aac/audio-config.ts";
import { matroskaChapters } from "@footlight/protocols/matroska/chapters.ts";
import {
  AUDIO_TRACK,
  matroskaFrameHeader,
  matroskaMovieHeader,
  VIDEO_TRACK,
} from "@footlight/protocols/matroska/live-muxer.ts";
import { SAMPLE_RATE } from "../encode/aac-encoder.ts";
import type { PictureUnit, SoundUnit } from "../units.ts";
import { CHAPTER_ROOM, type Chapter, type MovieMuxer, type MovieShape } from "./movie-muxer.ts";

/** Matroska without an index: each frame is a cluster of its own, so nothing is held back and nothing lost. */
export class MkvMuxer implements MovieMuxer {
  readonly #shape: MovieShape;

  constructor(shape: MovieShape) {
    this.#shape = shape;
  }

  header(): Buffer {
    return Buffer.concat([this.#tracks(), this.chapters([])?.bytes ?? Buffer.alloc(0)]);
  }

  chapters(chapters: readonly Chapter[]) {
    const bytes = matroskaChapters(chapters, CHAPTER_ROOM);
    return bytes && { position: this.#tracks().byteLength, bytes };
  }

  #tracks(): Buffer {
    const { first, width, height, tracks } = this.#shape;
    const config = buildAudioSpecificConfig({ sampleRate: SAMPLE_RATE, channels: 2 });
    return matroskaMovieHeader(
      { codec: "h264", config: first.config, width, height },
      tracks.map(() => ({ codec: "aac", config, sampleRate: SAMPLE_RATE, channels: 2 })),
    );
  }

  picture(unit: PictureUnit): Buffer[] {
    return this.#frame(VIDEO_TRACK, unit.ptsUs, unit.key, unit.data);
  }

  sound(unit: SoundUnit): Buffer[] {
    const at = this.#shape.tracks.indexOf(unit.track);
    return at < 0 ? [] : this.#frame(AUDIO_TRACK + at, unit.ptsUs, true, unit.data);
  }

  end(): Buffer[] {
    return [];
  }

  #frame(track: number, ptsUs: number, key: boolean, data: Uint8Array): Buffer[] {
    const timeUs = ptsUs - this.#shape.first.ptsUs;
    if (timeUs < 0) return [];
    return [Buffer.concat([matroskaFrameHeader(track, timeUs, key, data.byteLength), data])];
  }
}
