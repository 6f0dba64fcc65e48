import type { Logger } from "../platform/logger.ts";
import type { SpawnWorker } from "./media-worker.ts";

/**
 * mediasoup, loaded when it is wanted: it takes its binary's path from MEDIASOUP_WORKER_BIN at that moment
 * (else its own folder's), whether or not the file is there yet.
 */
export async function loadMediasoup(
  logger: Logger,
): Promise<{ readonly binary: string; readonly spawn: SpawnWorker }> {
  const mediasoup = await import("mediasoup");
  const log = logger.child({ area: "mediasoup" });
  mediasoup.setLogEventListeners({
    onwarn: (from, text) => log.debug({ from }, text),
    onerror: (from, text, error) => log.warn({ from, err: error }, text),
  });
  return { binary: mediasoup.workerBin, spawn: () => mediasoup.createWorker({ logLevel: "error" }) };
}
