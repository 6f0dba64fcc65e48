-- What a segment's date-time counts from, and how far that lies off the stream's timeline.
ALTER TABLE "segments" ADD COLUMN "clock_source" TEXT NOT NULL DEFAULT 'arrival';
ALTER TABLE "segments" ADD COLUMN "clock_offset_ms" BIGINT NOT NULL DEFAULT 0;
