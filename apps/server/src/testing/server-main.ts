import { fileURLToPath } from "node:url";

export const SERVER_FOLDER = fileURLToPath(new URL("../..", import.meta.url));

/** Arguments for node that start the server: as vitest's set-up has built it, else (benches) from its sources. */
export function serverMain(): readonly string[] {
  const built = process.env["FOOTLIGHT_TEST_MAIN"];
  return built === undefined ? ["--import", "tsx", "src/main.ts"] : ["--enable-source-maps", built];
}
