import { createHash } from "node:crypto";
import { BACKFILL_LIMITS, type StreamId, type UnitRange, type UserId } from "@footlight/shared";
import type { BlobStore } from "../../platform/blob/blob-store.ts";
import type { Clock } from "../../platform/clock.ts";
import type { Logger } from "../../platform/logger.ts";
import { type Refusal, refuse } from "../refusal.ts";
import type { Stream } from "../streams/stream.ts";
import { holdsExactly } from "./piece.ts";
import type { StreamCounters } from "./stream-counters.ts";
import { UnitRanges } from "./unit-ranges.ts";

/** A piece as it is written down; its bytes are a blob. */
export interface StoredPiece extends UnitRange {
  readonly source: number;
  readonly bytes: number;
  /** Hex. */
  readonly sha256: string;
}

export interface BackfillDeps {
  readonly streams: { byId(streamId: StreamId): Promise<Stream | undefined> };
  readonly pieces: {
    of(streamId: StreamId): Promise<readonly StoredPiece[]>;
    add(streamId: StreamId, piece: StoredPiece, now: Date): Promise<void>;
  };
  readonly counters: Pick<StreamCounters, "of">;
  readonly blobs: Pick<BlobStore, "put">;
  readonly canStore: () => Promise<boolean>;
  readonly clock: Pick<Clock, "nowMs">;
  readonly logger: Logger;
}

type Door = Refusal<"stream_not_found" | "forbidden" | "backfill_closed">;
type PieceRefusal =
  | Door
  | Refusal<"digest_mismatch" | "bad_piece" | "not_missing" | "backfill_full" | "storage_full">;

/** Beside the stream's segments, so that it goes when they go. */
export const pieceKey = (streamId: StreamId, { source, from, to }: Omit<StoredPiece, "bytes" | "sha256">) =>
  `streams/${streamId}/backfill/${source}-${from}-${to}.flv`;

/**
 * What a broken line kept from the server, sent afterwards: told what is lacking, taken piece by piece, each
 * whole or not at all, and kept until the recordings insert it. The same piece twice is one piece.
 */
export class Backfill {
  /** Pieces of one stream come in one after the other, so that none overlap and the bounds hold. */
  readonly #turns = new Map<StreamId, Promise<unknown>>();

  constructor(private readonly deps: BackfillDeps) {}

  /** What the server lacks of what the publisher has. */
  async missing(
    userId: UserId,
    streamId: StreamId,
    { source, ranges }: { readonly source: number; readonly ranges: readonly UnitRange[] },
  ): Promise<{ readonly kind: "missing"; readonly ranges: readonly UnitRange[] } | Door> {
    const closed = await this.#door(userId, streamId);
    if (closed !== undefined) return closed;
    const here = await this.#here(streamId, source, await this.deps.pieces.of(streamId));
    const missing = new UnitRanges(ranges.flatMap((range) => here.missingIn(range)));
    return { kind: "missing", ranges: missing.list };
  }

  /** @param digest SHA-256 of the bytes as their sender knows it, hex */
  async put(
    userId: UserId,
    streamId: StreamId,
    piece: UnitRange & { readonly source: number },
    { bytes, digest }: { readonly bytes: Uint8Array; readonly digest: string },
  ): Promise<{ readonly kind: "stored" | "held" } | PieceRefusal> {
    const sha256 = createHash("sha256").update(bytes).digest("hex");
    if (sha256 !== digest) return refuse("digest_mismatch");
    const turn = (this.#turns.get(streamId) ?? Promise.resolve())
      .catch(() => {})
      .then(() => this.#put(userId, streamId, { ...piece, bytes: bytes.length, sha256 }, bytes));
    this.#turns.set(streamId, turn);
    try {
      return await turn;
    } finally {
      if (this.#turns.get(streamId) === turn) this.#turns.delete(streamId);
    }
  }

  async #put(
    userId: UserId,
    streamId: StreamId,
    piece: StoredPiece,
    bytes: Uint8Array,
  ): Promise<{ readonly kind: "stored" | "held" } | PieceRefusal> {
    const { pieces, blobs, clock, logger } = this.deps;
    const closed = await this.#door(userId, streamId);
    if (closed !== undefined) return closed;
    const stored = await pieces.of(streamId);
    const same = (one: StoredPiece) =>
      one.source === piece.source && one.from === piece.from && one.to === piece.to;
    if (stored.find(same)?.sha256 === piece.sha256) return { kind: "held" };
    const here = await this.#here(streamId, piece.source, stored);
    const [whole, ...rest] = here.missingIn(piece);
    const lacked = rest.length === 0 && whole?.from === piece.from && whole.to === piece.to;
    if (!lacked) return refuse("not_missing");
    if (piece.to - piece.from >= BACKFILL_LIMITS.pieceUnits) return refuse("bad_piece");
    const total = stored.reduce((sum, one) => sum + one.bytes, piece.bytes);
    const isFull = total > BACKFILL_LIMITS.streamBytes || stored.length >= BACKFILL_LIMITS.streamPieces;
    if (isFull) return refuse("backfill_full");
    if (!holdsExactly(bytes, piece.source, piece)) return refuse("bad_piece");
    if (!(await this.deps.canStore())) return refuse("storage_full");
    await blobs.put(pieceKey(streamId, piece), bytes);
    await pieces.add(streamId, piece, new Date(clock.nowMs()));
    logger.info({ streamId, from: piece.from, to: piece.to, bytes: piece.bytes }, "backfill stored");
    return { kind: "stored" };
  }

  async #door(userId: UserId, streamId: StreamId): Promise<Door | undefined> {
    const stream = await this.deps.streams.byId(streamId);
    if (stream === undefined) return refuse("stream_not_found");
    if (stream.userId !== userId) {
      return refuse(stream.visibility === "rehearsal" ? "stream_not_found" : "forbidden");
    }
    const openUntilMs =
      (stream.endedAtMs ?? Number.POSITIVE_INFINITY) + BACKFILL_LIMITS.openAfterEndS * 1_000;
    return this.deps.clock.nowMs() > openUntilMs ? refuse("backfill_closed") : undefined;
  }

  async #here(streamId: StreamId, source: number, stored: readonly StoredPiece[]): Promise<UnitRanges> {
    const here = await this.deps.counters.of(streamId, source);
    for (const piece of stored) if (piece.source === source) here.add(piece);
    return here;
  }
}
