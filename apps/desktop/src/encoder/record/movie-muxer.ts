import type { PictureUnit, SoundUnit } from "../units.ts";

/** What the file is begun with: known at the first keyframe. */
export interface MovieShape {
  readonly first: PictureUnit;
  readonly width: number;
  readonly height: number;
  /** Recording tracks that are in it, in the file's order. */
  readonly tracks: readonly number[];
  readonly audioBitrateBps: number;
}

/** A named point of the file, from its first picture on. */
export interface Chapter {
  readonly id: number;
  readonly timeUs: number;
  readonly name: string;
}

/** For as many markers as there may be, with the longest names. */
export const CHAPTER_ROOM = 64 * 1024;

/** Units → bytes of a file that is whole up to its last bytes, whenever they are the last. */
export interface MovieMuxer {
  header(): Buffer;
  picture(unit: PictureUnit): Buffer[];
  sound(unit: SoundUnit): Buffer[];
  /** What stands where in the file once it has these; undefined where they have no room. */
  chapters(chapters: readonly Chapter[]): { readonly position: number; readonly bytes: Buffer } | undefined;
  /** What was held back. */
  end(): Buffer[];
}
