import type { StreamId } from "@footlight/shared";
import type { Page, Stream, StreamPosition, StreamQuery } from "./stream.ts";

/** A search is a handful of words; more narrow nothing down. */
const MAX_WORDS = 8;

export interface ListRequest {
  readonly q?: string | undefined;
  readonly category?: string | undefined;
  readonly minViewers?: number | undefined;
  readonly sort: "viewer_count" | "started_at";
  readonly limit: number;
  readonly cursor?: string | undefined;
}

export interface StreamListing {
  readonly streams: readonly Stream[];
  readonly nextCursor: string | null;
}

/** Running streams in pages. Cursors are opaque to clients; one that we did not make begins at the start. */
export class StreamLists {
  constructor(
    private readonly deps: {
      readonly list: {
        page(query: StreamQuery): Promise<Page<Stream, StreamPosition>>;
        count(query: StreamQuery): Promise<number>;
      };
      /** Writes running counts down, so that the order is that of this moment. */
      readonly tally: { flush(): Promise<void> };
    },
  ) {}

  async list(request: ListRequest): Promise<StreamListing> {
    await this.deps.tally.flush();
    return await this.#page(toQuery(request));
  }

  async search(request: ListRequest): Promise<StreamListing & { readonly total: number }> {
    await this.deps.tally.flush();
    const query = toQuery(request);
    const [page, total] = await Promise.all([this.#page(query), this.deps.list.count(query)]);
    return { ...page, total };
  }

  async #page(query: StreamQuery): Promise<StreamListing> {
    const page = await this.deps.list.page(query);
    return {
      streams: page.items,
      nextCursor: page.next === null ? null : writeCursor(query.sort, page.next),
    };
  }
}

function toQuery(request: ListRequest): StreamQuery {
  const words = (request.q ?? "").split(/\s+/).filter((word) => word !== "");
  return {
    words: words.slice(0, MAX_WORDS),
    category: request.category === "" ? undefined : request.category,
    minViewers: Math.min(request.minViewers ?? 0, 2 ** 31 - 1),
    sort: request.sort,
    limit: request.limit,
    after: request.cursor === undefined ? undefined : readCursor(request.sort, request.cursor),
  };
}

export function writeCursor(sort: ListRequest["sort"], position: StreamPosition): string {
  return Buffer.from(`${sort} ${position.value} ${position.streamId}`).toString("base64url");
}

export function readCursor(sort: ListRequest["sort"], cursor: string): StreamPosition | undefined {
  const text = Buffer.from(cursor, "base64url").toString("utf8");
  const match = /^(viewer_count|started_at) (\d{1,15}) ([A-Za-z0-9_-]{8,64})$/.exec(text);
  if (match === null || match[1] !== sort) return undefined;
  const value = Number(match[2]);
  if (sort === "viewer_count" && value > 2 ** 31 - 1) return undefined;
  return { value, streamId: match[3] as StreamId };
}
