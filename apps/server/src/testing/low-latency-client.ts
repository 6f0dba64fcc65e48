import {
  applyDelta,
  type ListedPart,
  type MediaPlaylist,
  parseMediaPlaylist,
} from "./media-playlist-reader.ts";

export interface Fetched {
  readonly status: number;
  readonly body: Buffer;
  /** When all of it was here. */
  readonly atMs: number;
}

export interface FetchedPart extends ListedPart {
  readonly bytes: Buffer;
  /** When the playlist that lists it was here, and when its bytes were. */
  readonly listedMs: number;
  readonly fetchedMs: number;
  readonly hinted: boolean;
}

/**
 * Follows one low-latency media playlist as RFC 8216bis §6.3 tells a client to: blocking reloads that name the
 * next part, deltas where the server offers them, and the hinted part asked for before it is there.
 */
export class LowLatencyClient {
  readonly #url: string;
  readonly #get: (url: string) => Promise<Fetched>;
  readonly #hints: boolean;
  #playlist: MediaPlaylist | undefined;
  /** Requests under way for hinted parts, by address. */
  readonly #early = new Map<string, Promise<Fetched>>();
  /** Deltas that were put together. */
  deltas = 0;

  constructor(url: string, options: { hints?: boolean; get?: (url: string) => Promise<Fetched> } = {}) {
    this.#url = url;
    this.#hints = options.hints ?? true;
    this.#get = options.get ?? fetchWhole;
  }

  /** The first playlist, then each time the next one. */
  async reload(): Promise<MediaPlaylist> {
    const before = this.#playlist;
    const answer = await this.#get(before === undefined ? this.#url : this.#nextUrl(before));
    if (answer.status !== 200) throw new Error(`${answer.status} at ${this.#url}: ${answer.body.toString()}`);
    const listed = parseMediaPlaylist(answer.body.toString(), this.#url);
    if (listed.skipped > 0) this.deltas += 1;
    this.#playlist = before === undefined ? listed : applyDelta(before, listed);
    return this.#playlist;
  }

  /** Every part from the live edge on, each once and in order, until the stream ends. */
  async *parts(): AsyncGenerator<FetchedPart> {
    let next = last(await this.reload());
    for (;;) {
      const playlist = this.#playlist as MediaPlaylist;
      const listedMs = performance.now();
      const fresh = partsOf(playlist).filter((each) => isAfter(each, next));
      for (const part of fresh) yield await this.#fetchPart(part, listedMs);
      next = fresh.at(-1) ?? next;
      if (playlist.ended) return;
      const hint = playlist.preloadHint?.uri;
      if (this.#hints && hint !== undefined && !this.#early.has(hint)) this.#ask(hint);
      await this.reload();
    }
  }

  async #fetchPart(part: ListedPart, listedMs: number): Promise<FetchedPart> {
    const early = this.#early.get(part.uri);
    const { status, body, atMs } = await (early ?? this.#get(part.uri));
    this.#early.delete(part.uri);
    if (status !== 200) throw new Error(`${status} at ${part.uri}, which is listed`);
    return { ...part, bytes: body, listedMs, fetchedMs: atMs, hinted: early !== undefined };
  }

  #ask(uri: string): void {
    const request = this.#get(uri);
    // Whoever awaits it hears of its failure; nobody may be left to.
    request.catch(() => {});
    this.#early.set(uri, request);
  }

  #nextUrl(playlist: MediaPlaylist): string {
    const url = new URL(this.#url);
    url.searchParams.set("_HLS_msn", String(playlist.open.seq));
    url.searchParams.set("_HLS_part", String(playlist.open.parts.length));
    if (playlist.serverControl["CAN-SKIP-UNTIL"] !== undefined) url.searchParams.set("_HLS_skip", "YES");
    return url.href;
  }
}

export async function fetchWhole(url: string): Promise<Fetched> {
  const answer = await fetch(url);
  const body = Buffer.from(await answer.arrayBuffer());
  return { status: answer.status, body, atMs: performance.now() };
}

export const partsOf = ({ segments, open }: MediaPlaylist): readonly ListedPart[] =>
  [...segments, open].flatMap(({ parts }) => parts);

type Place = Pick<ListedPart, "seq" | "part">;

const last = (playlist: MediaPlaylist): Place =>
  partsOf(playlist).at(-1) ?? { seq: playlist.open.seq, part: -1 };

const isAfter = (part: Place, than: Place): boolean =>
  part.seq > than.seq || (part.seq === than.seq && part.part > than.part);
