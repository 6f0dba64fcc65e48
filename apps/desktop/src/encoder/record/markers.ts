import type { FromEncoder } from "../../contract/encoder-control.ts";
import type { ChapterSheet } from "./chapter-sheet.ts";

type Told = Omit<Extract<FromEncoder, { kind: "marker" }>, "kind">;
interface Waiting {
  readonly id: number;
  name: string;
  /** As the recording counts. */
  readonly us: number;
}
interface Opened {
  readonly sheet: ChapterSheet;
  /** Its first picture, as the recording counts. */
  readonly firstUs: number;
}

/**
 * Markers of one recording, from when somebody sets one until it is in a file: pictures of that moment are still on
 * their way through the encoder, and it is they that tell which file it belongs to.
 */
export class Markers {
  #waiting: Waiting[] = [];
  readonly #files: Opened[] = [];

  constructor(private readonly onTold: (told: Told) => void) {}

  /** Another file begins. */
  open(sheet: ChapterSheet, firstUs: number): void {
    this.#files.push({ sheet, firstUs });
  }

  /** One of the same id is named anew, where it is. */
  set(id: number, name: string, us: number): void {
    for (const { sheet } of this.#files) {
      const before = sheet.find(id);
      if (before) return void this.#put(sheet, id, name, before.timeUs);
    }
    const waiting = this.#waiting.find((each) => each.id === id);
    if (waiting) waiting.name = name;
    else this.#waiting.push({ id, name, us });
  }

  /** Pictures of the newest file have come to here. */
  reach(us: number): void {
    const newest = this.#files.at(-1);
    if (this.#waiting.length === 0 || newest === undefined) return;
    const due = this.#waiting.filter((each) => each.us <= us);
    this.#waiting = this.#waiting.filter((each) => each.us > us);
    for (const each of due) this.#place(newest, each);
  }

  /** No more pictures come, for now or at all: what waits stands at the last one. */
  settle(newestUs: number): void {
    const newest = this.#files.at(-1);
    for (const each of this.#waiting.splice(0)) {
      if (newest === undefined) this.onTold({ id: each.id, path: null, timeMs: 0 });
      else this.#place(newest, { ...each, us: Math.min(each.us, newestUs) });
    }
  }

  #place({ sheet, firstUs }: Opened, { id, name, us }: Waiting): void {
    void this.#put(sheet, id, name, Math.max(0, us - firstUs));
  }

  async #put(sheet: ChapterSheet, id: number, name: string, timeUs: number): Promise<void> {
    const isKept = await sheet.put({ id, name, timeUs });
    this.onTold({ id, path: isKept ? sheet.path : null, timeMs: timeUs / 1000 });
  }
}
