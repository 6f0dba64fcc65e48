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

/** Units → bytes of a file that is whole up to its last bytes, whenever they are the last. */
export interface MovieMuxer {
  header(): Buffer;
  picture(unit: PictureUnit): Buffer[];
  sound(unit: SoundUnit): Buffer[];
  /** What was held back. */
  end(): Buffer[];
}
