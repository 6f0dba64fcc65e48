import { rm, writeFile } from "node:fs/promises";
import type { EncodeSettings } from "../../contract/media-port.ts";
import { decodeTimeUs, type PictureUnit, type Unit, type UnitSink } from "../units.ts";
import { Mp4Muxer } from "./mp4-muxer.ts";
import { remux } from "./remux.ts";

/** Ten minutes at 8 Mbit/s; with more the replay gets shorter. */
const MAX_BYTES = 640 * 1024 * 1024;
/** Less is nothing that somebody would look at, and may have no sound yet. */
const MIN_US = 1e6;

/** The last seconds of the programme in memory, whole GOPs. */
export class ReplayBuffer implements UnitSink {
  readonly settings: EncodeSettings;
  readonly #audioBitrateBps: number;
  #keepUs: number;
  /** Each begins with a keyframe; sound lies where it came. */
  #gops: { readonly fromUs: number; bytes: number; readonly units: Unit[] }[] = [];

  constructor(settings: EncodeSettings, audioBitrateBps: number, seconds: number) {
    this.settings = settings;
    this.#audioBitrateBps = audioBitrateBps;
    this.#keepUs = seconds * 1e6;
  }

  set seconds(seconds: number) {
    this.#keepUs = seconds * 1e6;
  }

  push(unit: Unit): void {
    if (unit.kind === "picture" && unit.key) {
      // Other parameter sets: what is before cannot be in one file with it.
      const before = this.#gops.at(-1)?.units[0];
      if (before?.kind === "picture" && !before.config.equals(unit.config)) this.#gops = [];
      this.#gops.push({ fromUs: unit.dtsUs, bytes: 0, units: [] });
    }
    const gop = this.#gops.at(-1);
    if (gop === undefined) return;
    gop.units.push(unit);
    gop.bytes += unit.data.byteLength;
    this.#forget(decodeTimeUs(unit));
  }

  /** Written as it is now, while it goes on. Rejects when there is less than a second or it cannot be written. */
  async save(path: string, ffmpegPath: string): Promise<void> {
    const units = this.#gops.flatMap((gop) => gop.units);
    const first = units[0];
    const last = units.at(-1);
    if (first?.kind !== "picture" || last === undefined || decodeTimeUs(last) - first.dtsUs < MIN_US) {
      throw new Error("nothing_recorded");
    }
    const raw = `${path}.raw`;
    try {
      await writeFile(raw, movieOf(first, units, this.settings, this.#audioBitrateBps));
      await remux(ffmpegPath, raw, path);
    } finally {
      await rm(raw, { force: true });
    }
  }

  #forget(nowUs: number): void {
    let bytes = this.#gops.reduce((sum, gop) => sum + gop.bytes, 0);
    for (;;) {
      const second = this.#gops[1];
      if (second === undefined || (nowUs - second.fromUs < this.#keepUs && bytes <= MAX_BYTES)) return;
      bytes -= this.#gops.shift()?.bytes ?? 0;
    }
  }
}

function movieOf(
  first: PictureUnit,
  units: readonly Unit[],
  { width, height }: EncodeSettings,
  audioBitrateBps: number,
): Buffer {
  const muxer = new Mp4Muxer({ first, width, height, tracks: [1], audioBitrateBps });
  const pieces = [muxer.header()];
  for (const unit of units) {
    pieces.push(...(unit.kind === "picture" ? muxer.picture(unit) : muxer.sound(unit)));
  }
  return Buffer.concat([...pieces, ...muxer.end()]);
}
