import type { StreamId } from "@footlight/shared";
import { PlaylistBody } from "../packager/playlist-body.ts";
import { streamPrefix } from "../packager/stream-store.ts";
import type { BlobStore } from "../platform/blob/blob-store.ts";
import type { Logger } from "../platform/logger.ts";
import { pictureIntervalS, SHEET_TILES, type Sheet, SheetIndex, tileSize } from "./sheet.ts";
import { writeStoryboard } from "./storyboard-vtt.ts";

/** Segments are not cut to our interval: a picture may come this much of it early. */
const EARLY_SHARE = 0.25;

export interface Picture {
  readonly at90k: number;
  /** The picture's shape; the JPEG may be smaller. */
  readonly width: number;
  readonly height: number;
  readonly jpeg: Uint8Array;
}

export interface StoryboardDeps {
  readonly blobs: BlobStore;
  /** Whether there is space for what may be left out. */
  readonly canStore: () => Promise<boolean>;
  readonly compose: (
    pictures: readonly Uint8Array[],
    tile: Pick<Sheet, "tileWidth" | "tileHeight">,
  ) => Promise<Uint8Array>;
  readonly dvrWindowS: number;
  readonly logger: Logger;
}

interface OpenSheet {
  readonly sheet: Sheet;
  readonly pictures: Uint8Array[];
  /** Made when somebody asks, of as many pictures as there were. */
  composed?: { readonly tiles: number; readonly bytes: Promise<Uint8Array> };
}

/**
 * The pictures of one running stream: full sheets in the blob store, the newest one as single pictures
 * in memory (at most 25 small JPEGs and what they were last composed to).
 */
export class StreamStoryboard {
  readonly #streamId: StreamId;
  readonly #recording: boolean;
  readonly #deps: StoryboardDeps;
  readonly #intervalS: number;
  #sealed: Sheet[] = [];
  #open: OpenSheet | undefined;
  #nextNumber = 0;
  #vtt: PlaylistBody | undefined;
  #from90k = 0;
  /** Changes come one after the other. */
  #work: Promise<void>;

  constructor(streamId: StreamId, recording: boolean, deps: StoryboardDeps) {
    this.#streamId = streamId;
    this.#recording = recording;
    this.#deps = deps;
    this.#intervalS = pictureIntervalS(deps.dvrWindowS);
    this.#work = this.#restore();
  }

  /** Takes a picture if it is time for one. Never throws. */
  add(picture: Picture): Promise<void> {
    return this.#then(() => this.#add(picture));
  }

  /** Every picture before a time goes, also one that is still being made. Never throws. */
  cut(from90k: number): Promise<void> {
    return this.#then(() => this.#cut(from90k));
  }

  /** The stream leaves this process: what is there becomes a sheet that stays. Never throws. */
  close(): Promise<void> {
    return this.#then(() => this.#seal());
  }

  async vtt(): Promise<PlaylistBody> {
    await this.#work;
    const sheets = this.#open === undefined ? this.#sealed : [...this.#sealed, this.#open.sheet];
    this.#vtt ??= new PlaylistBody(writeStoryboard(sheets, this.#intervalS));
    return this.#vtt;
  }

  /** Undefined where there is no such sheet. */
  async sheet(number: number): Promise<{ bytes: Uint8Array; sealed: boolean } | undefined> {
    const open = this.#open;
    if (open?.sheet.number === number) return { bytes: await this.#compose(open), sealed: false };
    await this.#work;
    if (!this.#sealed.some((sheet) => sheet.number === number)) return undefined;
    const bytes = await this.#deps.blobs.get(sheetKey(this.#streamId, number));
    return bytes === undefined ? undefined : { bytes, sealed: true };
  }

  #then(change: () => Promise<void>): Promise<void> {
    this.#work = this.#work.then(change).catch((error: unknown) => {
      this.#deps.logger.warn({ err: error, stream: this.#streamId }, "the storyboard lost pictures");
    });
    return this.#work;
  }

  async #restore(): Promise<void> {
    try {
      this.#sealed = await loadSheets(this.#deps.blobs, this.#streamId);
    } catch (error) {
      this.#deps.logger.warn({ err: error, stream: this.#streamId }, "the storyboard's past is unreadable");
    }
    this.#nextNumber = (this.#sealed.at(-1)?.number ?? -1) + 1;
  }

  /** Sheets are whole: one that reaches beyond the cut goes with what is before it. */
  async #cut(from90k: number): Promise<void> {
    const gone = this.#sealed.map(({ number }) => sheetKey(this.#streamId, number));
    this.#from90k = from90k;
    this.#sealed = [];
    this.#open = undefined;
    this.#vtt = undefined;
    await this.#writeIndex();
    await this.#deps.blobs.delete(gone);
  }

  async #add({ at90k, width, height, jpeg }: Picture): Promise<void> {
    if (at90k < this.#from90k) return;
    const last90k = (this.#open?.sheet ?? this.#sealed.at(-1))?.at90k.at(-1);
    const waited90k = at90k - (last90k ?? Number.NEGATIVE_INFINITY);
    if (waited90k < this.#intervalS * (1 - EARLY_SHARE) * 90_000) return;
    const tile = tileSize(width, height);
    const before = this.#open?.sheet;
    // A sheet has tiles of one size; a picture turned upright begins another.
    if (before && (before.tileWidth !== tile.width || before.tileHeight !== tile.height)) await this.#seal();
    this.#open ??= this.#newSheet(tile);
    this.#open.sheet.at90k.push(at90k);
    this.#open.pictures.push(jpeg);
    this.#vtt = undefined;
    if (this.#open.pictures.length === SHEET_TILES) await this.#seal();
    await this.#expire(at90k);
  }

  #newSheet(tile: { width: number; height: number }): OpenSheet {
    const number = this.#nextNumber;
    this.#nextNumber += 1;
    return { sheet: { number, tileWidth: tile.width, tileHeight: tile.height, at90k: [] }, pictures: [] };
  }

  /** One composition for all who ask before the next picture. */
  #compose(open: OpenSheet): Promise<Uint8Array> {
    const tiles = open.pictures.length;
    if (open.composed?.tiles !== tiles) {
      const bytes = this.#deps.compose([...open.pictures], open.sheet);
      open.composed = { tiles, bytes };
      bytes.catch(() => {
        delete open.composed;
      });
    }
    return (open.composed as { bytes: Promise<Uint8Array> }).bytes;
  }

  async #seal(): Promise<void> {
    const open = this.#open;
    if (open === undefined) return;
    try {
      if (!(await this.#deps.canStore())) return;
      await this.#deps.blobs.put(sheetKey(this.#streamId, open.sheet.number), await this.#compose(open));
      this.#sealed.push(open.sheet);
      await this.#writeIndex();
    } finally {
      this.#open = undefined;
      this.#vtt = undefined;
    }
  }

  /** What viewers cannot rewind to any more goes, unless the stream is kept. */
  async #expire(newest90k: number): Promise<void> {
    if (this.#recording) return;
    const oldest90k = newest90k - (this.#deps.dvrWindowS + this.#intervalS) * 90_000;
    const gone = this.#sealed.filter((sheet) => (sheet.at90k.at(-1) ?? 0) < oldest90k);
    if (gone.length === 0) return;
    this.#sealed = this.#sealed.filter((sheet) => !gone.includes(sheet));
    this.#vtt = undefined;
    await this.#writeIndex();
    await this.#deps.blobs.delete(gone.map(({ number }) => sheetKey(this.#streamId, number)));
  }

  #writeIndex(): Promise<void> {
    const index: SheetIndex = { sheets: this.#sealed };
    return this.#deps.blobs.put(indexKey(this.#streamId), Buffer.from(JSON.stringify(index)));
  }
}

/** Full sheets of a stream, whether it runs or not; none where there is no storyboard. */
export async function loadSheets(blobs: BlobStore, streamId: StreamId): Promise<Sheet[]> {
  const bytes = await blobs.get(indexKey(streamId));
  if (bytes === undefined) return [];
  return SheetIndex.parse(JSON.parse(Buffer.from(bytes).toString("utf8"))).sheets;
}

export const sheetKey = (streamId: StreamId, number: number): string =>
  `${streamPrefix(streamId)}storyboard/${number}.jpg`;
const indexKey = (streamId: StreamId): string => `${streamPrefix(streamId)}storyboard/sheets.json`;
