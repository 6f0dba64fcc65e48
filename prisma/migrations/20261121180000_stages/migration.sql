-- Stages of streams, who is invited to them, and who has come.

CREATE TABLE "stages" (
    "id" TEXT NOT NULL,
    "stream_id" TEXT NOT NULL,
    "layout" TEXT NOT NULL DEFAULT 'grid',
    "spotlight" TEXT,
    "opened_at" TIMESTAMP(3) NOT NULL,
    "closed_at" TIMESTAMP(3),
    CONSTRAINT "stages_pkey" PRIMARY KEY ("id"),
    CONSTRAINT "stages_stream_id_fkey" FOREIGN KEY ("stream_id") REFERENCES "streams"("id") ON DELETE CASCADE ON UPDATE CASCADE
);
-- At most one open stage a stream.
CREATE UNIQUE INDEX "stages_open_key" ON "stages"("stream_id") WHERE "closed_at" IS NULL;
CREATE INDEX "stages_stream_id_idx" ON "stages"("stream_id");

CREATE TABLE "stage_invitations" (
    "id" TEXT NOT NULL,
    "stage_id" TEXT NOT NULL,
    "token_hash" TEXT,
    "user_id" TEXT,
    "name" TEXT,
    "role" TEXT NOT NULL,
    "created_at" TIMESTAMP(3) NOT NULL,
    "expires_at" TIMESTAMP(3) NOT NULL,
    "withdrawn_at" TIMESTAMP(3),
    "participant_id" TEXT,
    CONSTRAINT "stage_invitations_pkey" PRIMARY KEY ("id"),
    CONSTRAINT "stage_invitations_stage_id_fkey" FOREIGN KEY ("stage_id") REFERENCES "stages"("id") ON DELETE CASCADE ON UPDATE CASCADE,
    CONSTRAINT "stage_invitations_user_id_fkey" FOREIGN KEY ("user_id") REFERENCES "users"("id") ON DELETE CASCADE ON UPDATE CASCADE
);
CREATE UNIQUE INDEX "stage_invitations_token_hash_key" ON "stage_invitations"("token_hash");
CREATE INDEX "stage_invitations_stage_id_idx" ON "stage_invitations"("stage_id");
CREATE INDEX "stage_invitations_user_id_idx" ON "stage_invitations"("user_id");

CREATE TABLE "stage_guests" (
    "id" TEXT NOT NULL,
    "stage_id" TEXT NOT NULL,
    "user_id" TEXT,
    "session_hash" TEXT,
    "name" TEXT NOT NULL,
    "role" TEXT NOT NULL,
    "state" TEXT NOT NULL DEFAULT 'green_room',
    "muted" BOOLEAN NOT NULL DEFAULT false,
    "hidden" BOOLEAN NOT NULL DEFAULT false,
    "hand_raised_at" TIMESTAMP(3),
    "carry" TEXT NOT NULL DEFAULT 'no',
    "created_at" TIMESTAMP(3) NOT NULL,
    "removed_at" TIMESTAMP(3),
    CONSTRAINT "stage_guests_pkey" PRIMARY KEY ("id"),
    CONSTRAINT "stage_guests_stage_id_fkey" FOREIGN KEY ("stage_id") REFERENCES "stages"("id") ON DELETE CASCADE ON UPDATE CASCADE,
    CONSTRAINT "stage_guests_user_id_fkey" FOREIGN KEY ("user_id") REFERENCES "users"("id") ON DELETE CASCADE ON UPDATE CASCADE
);
CREATE UNIQUE INDEX "stage_guests_session_hash_key" ON "stage_guests"("session_hash");
CREATE INDEX "stage_guests_stage_id_idx" ON "stage_guests"("stage_id");
CREATE INDEX "stage_guests_user_id_idx" ON "stage_guests"("user_id");
