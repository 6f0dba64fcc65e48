import type { StreamId } from "@footlight/shared";
import { PlaylistBody } from "../packager/playlist-body.ts";
import { pictureIntervalS } from "./sheet.ts";
import { writeStoryboard } from "./storyboard-vtt.ts";
import {
  loadSheets,
  type Picture,
  type StoryboardDeps,
  StreamStoryboard,
  sheetKey,
} from "./stream-storyboard.ts";

/** The pictures along each stream that scrub bars show: of those on air, and what is kept of the others. */
export class Storyboards implements AsyncDisposable {
  readonly #deps: StoryboardDeps;
  readonly #live = new Map<StreamId, StreamStoryboard>();

  constructor(deps: StoryboardDeps) {
    this.#deps = deps;
  }

  /** The stream is on air here: goes on after what is stored of it. */
  open(streamId: StreamId, recording: boolean): void {
    this.#live.set(streamId, new StreamStoryboard(streamId, recording, this.#deps));
  }

  async add(streamId: StreamId, picture: Picture): Promise<void> {
    await this.#live.get(streamId)?.add(picture);
  }

  /** Every picture before a time goes, recorded or not. */
  async cut(streamId: StreamId, from90k: number): Promise<void> {
    await this.#live.get(streamId)?.cut(from90k);
  }

  /** The stream is on air no more; its last pictures are stored when this resolves. */
  async close(streamId: StreamId): Promise<void> {
    const storyboard = this.#live.get(streamId);
    await storyboard?.close();
    if (this.#live.get(streamId) === storyboard) this.#live.delete(streamId);
  }

  /** Undefined where there are no pictures. */
  async vtt(streamId: StreamId): Promise<PlaylistBody | undefined> {
    const live = this.#live.get(streamId);
    if (live !== undefined) return live.vtt();
    const sheets = await loadSheets(this.#deps.blobs, streamId);
    if (sheets.length === 0) return undefined;
    return new PlaylistBody(writeStoryboard(sheets, pictureIntervalS(this.#deps.dvrWindowS)));
  }

  /** `sealed`: it will never change. */
  async sheet(
    streamId: StreamId,
    number: number,
  ): Promise<{ readonly bytes: Uint8Array; readonly sealed: boolean } | undefined> {
    const live = this.#live.get(streamId);
    if (live !== undefined) return live.sheet(number);
    const bytes = await this.#deps.blobs.get(sheetKey(streamId, number));
    return bytes === undefined ? undefined : { bytes, sealed: true };
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await Promise.all([...this.#live.keys()].map((streamId) => this.close(streamId)));
  }
}
