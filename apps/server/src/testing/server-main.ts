import { fileURLToPath } from "node:url";

export const SERVER_FOLDER = fileURLToPath(new URL("../..", import.meta.url));

/**
 * Arguments for node that start the server: as vitest's set-up has built it, else (benches) from its sources.
 * In tests V8 does not optimise the embedded database's code, for it takes a third of a start and none of
 * them lives long enough to get it back.
 */
export function serverMain(): readonly string[] {
  const built = process.env["FOOTLIGHT_TEST_MAIN"];
  return built === undefined
    ? ["--import", "tsx", "src/main.ts"]
    : ["--liftoff-only", "--max-semi-space-size=64", "--enable-source-maps", built];
}

/** What a server chooses here, without the dozen processes by which it finds out. */
export const ENCODER_HERE = { FFMPEG_PATH: "/usr/bin/ffmpeg", ENCODER: "x264" };
