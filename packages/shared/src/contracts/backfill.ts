import { z } from "zod";
import { StreamId } from "../model/ids.ts";

/**
 * Backfill: what a broken uplink kept from the server is sent afterwards. Every picture carries a counter
 * (capture-clock.ts), so both sides speak of the same ones: the studio tells which it has, the server answers
 * which of these it lacks, and takes each stretch as a piece of its own. Asking again after a break tells what
 * is still lacking: so an upload is resumed, and a piece that comes twice is the same piece.
 *
 * `POST /api/v1/streams/{id}/backfill` {@link BackfillQuery} → {@link BackfillPlan}
 * `PUT  /api/v1/streams/{id}/backfill/{source}/{from}-{to}` FLV → {@link BackfillPieceAnswer}
 *
 * A piece is an FLV file (`video/x-flv`): sequence headers, then tags as they would have been sent, sound
 * included, with exactly the pictures from…to. `Content-Digest: sha-256=:…:` (RFC 9530) is required.
 */
export const BACKFILL_LIMITS = {
  pieceBytes: 8 * 1024 * 1024,
  /** Pictures in one piece: a minute at 60 a second. */
  pieceUnits: 3_600,
  ranges: 64,
  /** All pieces of one stream. */
  streamBytes: 1024 * 1024 * 1024,
  streamPieces: 2_000,
  /** Pieces are taken while the stream is on air and so long after its end. */
  openAfterEndS: 900,
} as const;

/** Counters run from 0 to 2^32 − 1 and wrap; a range lies within one turn. */
const Counter = z
  .int()
  .min(0)
  .max(2 ** 32 - 1);

/** Both ends belong to it. */
export const UnitRange = z
  .object({ from: Counter, to: Counter })
  .refine(({ from, to }) => from <= to, "from is beyond to");
export type UnitRange = z.infer<typeof UnitRange>;

/** One life of the publisher's counter: see `CaptureClock.source`. */
export const UnitSource = z
  .int()
  .min(1)
  .max(2 ** 32 - 1);

export const BackfillQuery = z.object({
  source: UnitSource,
  /** What the studio has on its disk. */
  ranges: z.array(UnitRange).min(1).max(BACKFILL_LIMITS.ranges),
});
export type BackfillQuery = z.infer<typeof BackfillQuery>;

export const BackfillPlan = z.object({
  /** What of it the server has neither seen nor been sent since, in order. */
  missing: z.array(UnitRange),
  max_piece_bytes: z.int(),
  max_piece_units: z.int(),
});
export type BackfillPlan = z.infer<typeof BackfillPlan>;

export const BackfillPieceParams = z.object({
  id: StreamId,
  source: z
    .string()
    .regex(/^[1-9]\d{0,9}$/)
    .transform(Number)
    .pipe(UnitSource),
  range: z
    .string()
    .regex(/^\d{1,10}-\d{1,10}$/)
    .transform((text) => {
      const [from, to] = text.split("-").map(Number);
      return { from, to };
    })
    .pipe(UnitRange),
});

export const BackfillPieceAnswer = z.object({
  from: Counter,
  to: Counter,
  bytes: z.int(),
  /** `held`: it was here already, byte for byte. */
  state: z.enum(["stored", "held"]),
});
export type BackfillPieceAnswer = z.infer<typeof BackfillPieceAnswer>;

/** `POST /api/v1/upload-test`: any bytes (`application/octet-stream`), counted and forgotten. */
export const UPLOAD_TEST_LIMITS = { bytes: 32 * 1024 * 1024, durationMs: 15_000, aMinute: 10 } as const;

export const UploadTestAnswer = z.object({
  bytes: z.int(),
  /** From the first byte to the last. */
  duration_ms: z.number(),
  /** Bits a second; 0 where everything came at once. */
  bps: z.number(),
});
export type UploadTestAnswer = z.infer<typeof UploadTestAnswer>;
