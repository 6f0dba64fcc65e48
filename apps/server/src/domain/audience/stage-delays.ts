import type { DelayStages, Tier } from "@footlight/shared";

/** What the server measures of a running stream's own path, milliseconds, medians of the last seconds. */
export interface StageDelays {
  readonly clock: "capture" | "arrival";
  /** Capture to arrival, where the publisher sends its clock. */
  readonly ingestMs: number | undefined;
  /** For so long the server holds everything back, as its streamer wants; absent: not at all. */
  readonly heldMs?: number;
  /** Arrival of a frame to its encoded frame. */
  readonly transcodeMs: number | undefined;
  /** Last frame encoded to the part or segment being there for whoever asks. */
  readonly packagingMs: number | undefined;
  /** Lengths of a part (undefined where there are none) and of a segment. */
  readonly partMs: number | undefined;
  readonly segmentMs: number | undefined;
}

/**
 * Where the time of an average frame goes. A frame waits until the part or segment around it is
 * whole, half of its length on average; with the player's average buffer the stages add up to the delay.
 */
export function stagesOf(
  tier: Tier,
  server: StageDelays | undefined,
  player: {
    readonly deliveryMs: number | undefined;
    readonly bufferMs: number | undefined;
    /** Of all stages together. */
    readonly latencyMs: number | undefined;
  },
): DelayStages {
  const isUltra = tier === "ultra";
  return {
    ingest: whole(server?.ingestMs),
    ...(server?.heldMs ? { held: server.heldMs } : {}),
    // The qualities of WebRTC are not those that the transcoder makes.
    transcode: whole(isUltra ? undefined : server?.transcodeMs),
    packaging: whole(isUltra ? undefined : packagingOf(tier, server)),
    delivery: whole(isUltra ? restOf(server, player) : player.deliveryMs),
    buffer: whole(player.bufferMs),
  };
}

/** WebRTC sends frame by frame and fetches nothing: its way is what nobody else has taken of the delay. */
function restOf(
  server: StageDelays | undefined,
  { latencyMs, bufferMs }: { readonly latencyMs: number | undefined; readonly bufferMs: number | undefined },
): number | undefined {
  if (latencyMs === undefined) return undefined;
  return Math.max(0, latencyMs - (server?.ingestMs ?? 0) - (server?.heldMs ?? 0) - (bufferMs ?? 0));
}

function packagingOf(tier: Tier, server: StageDelays | undefined): number | undefined {
  if (server?.packagingMs === undefined) return undefined;
  const lengthMs = tier === "low" ? (server.partMs ?? server.segmentMs) : server.segmentMs;
  return lengthMs === undefined ? undefined : server.packagingMs + lengthMs / 2;
}

const whole = (ms: number | undefined): number | null => (ms === undefined ? null : Math.round(ms));
