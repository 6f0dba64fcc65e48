-- What the studio needs: rehearsals, a delay, a longer grace, and what is sent after a break.
ALTER TABLE "streams" ADD COLUMN "visibility" TEXT NOT NULL DEFAULT 'public';
ALTER TABLE "streams" ADD COLUMN "delay_s" INTEGER NOT NULL DEFAULT 0;
ALTER TABLE "streams" ADD COLUMN "grace_s" INTEGER NOT NULL DEFAULT 0;
-- Loaded at each start: who may see what.
CREATE INDEX "streams_rehearsals_idx" ON "streams"("id") WHERE "visibility" = 'rehearsal';

CREATE TABLE "stream_counters" (
    "stream_id" TEXT NOT NULL,
    "source" BIGINT NOT NULL,
    "ranges" JSONB NOT NULL,
    CONSTRAINT "stream_counters_pkey" PRIMARY KEY ("stream_id", "source"),
    CONSTRAINT "stream_counters_stream_id_fkey" FOREIGN KEY ("stream_id") REFERENCES "streams"("id") ON DELETE CASCADE ON UPDATE CASCADE
);

CREATE TABLE "backfills" (
    "stream_id" TEXT NOT NULL,
    "source" BIGINT NOT NULL,
    "from_unit" BIGINT NOT NULL,
    "to_unit" BIGINT NOT NULL,
    "bytes" INTEGER NOT NULL,
    "sha256" TEXT NOT NULL,
    "created_at" TIMESTAMP(3) NOT NULL,
    CONSTRAINT "backfills_pkey" PRIMARY KEY ("stream_id", "source", "from_unit"),
    CONSTRAINT "backfills_stream_id_fkey" FOREIGN KEY ("stream_id") REFERENCES "streams"("id") ON DELETE CASCADE ON UPDATE CASCADE
);
