import type { Router } from "mediasoup/types";
import { RtcRefusal } from "../stream/rtc.ts";
import type { MediaWorker } from "./media-worker.ts";
import { FULL_RETRY_S } from "./peer-limits.ts";
import { HOME_CODECS } from "./room-codecs.ts";
import type { WorkerPool } from "./worker-pool.ts";

/** How soon a client may ask again where a worker is being replaced or a feed started. */
export const SOON_RETRY_S = 2;

/** The router that a room's publisher, feed and stage are on. Outlives them; dies with its worker. */
export interface RoomHome {
  readonly worker: MediaWorker;
  readonly router: Router;
}

/** Throws `RtcRefusal`. */
export async function openHome(pool: WorkerPool): Promise<RoomHome> {
  const worker = pool.pick();
  if (worker === undefined) {
    throw pool.list().length === 0
      ? new RtcRefusal("rtc_unavailable", "No media worker runs.", SOON_RETRY_S)
      : new RtcRefusal("rtc_full", "All media workers are full.", FULL_RETRY_S);
  }
  try {
    return { worker, router: await worker.process.createRouter({ mediaCodecs: [...HOME_CODECS] }) };
  } catch (error) {
    // A worker that dies fails what is asked of it just then.
    if (worker.process.closed)
      throw new RtcRefusal("rtc_unavailable", "The media worker died.", SOON_RETRY_S);
    throw error;
  }
}
