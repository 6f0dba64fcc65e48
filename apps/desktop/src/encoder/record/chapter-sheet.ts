import type { FileWriter } from "./file-writer.ts";
import type { Chapter, MovieMuxer } from "./movie-muxer.ts";

/**
 * The markers of one file. They stand in its header, in room that was kept for them, and are written over at each
 * change: whatever ends the file, those that were told of are in it.
 */
export class ChapterSheet {
  readonly path: string;
  readonly #writer: FileWriter;
  readonly #muxer: MovieMuxer;
  #chapters: readonly Chapter[] = [];

  constructor(writer: FileWriter, muxer: MovieMuxer) {
    this.path = writer.path;
    this.#writer = writer;
    this.#muxer = muxer;
  }

  /** One that is there gets another name, and keeps its time. Whether it is in the file. */
  async put(chapter: Chapter): Promise<boolean> {
    const others = this.#chapters.filter(({ id }) => id !== chapter.id);
    const chapters = [...others, chapter].sort((a, b) => a.timeUs - b.timeUs);
    const place = this.#muxer.chapters(chapters);
    if (place === undefined) return false;
    this.#chapters = chapters;
    return await this.#writer.overwrite(place.bytes, place.position);
  }

  find(id: number): Chapter | undefined {
    return this.#chapters.find((each) => each.id === id);
  }
}
