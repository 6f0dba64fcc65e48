import type { HlsConfig } from "hls.js";

const retry = (maxNumRetry: number, retryDelayMs: number) => ({
  maxNumRetry,
  retryDelayMs,
  maxRetryDelayMs: 4_000,
  backoff: "exponential" as const,
});

/**
 * hls.js for a player that steers itself: it fetches, parses and appends; where and how fast to play
 * (live-pilot.ts) and which rung (hlsjs-abr.ts) is ours.
 */
export const hlsConfig = (): Partial<HlsConfig> => ({
  // fMP4 is only looked through, not remuxed: a worker would cost a hop and a file.
  enableWorker: false,
  // Asks for the next playlist at once (blocking reload), also where there are no parts.
  lowLatencyMode: true,
  maxLiveSyncPlaybackRate: 1,
  // Begin with the newest whole segment; the pilot puts the playhead inside it.
  liveSyncDuration: 0.1,
  // A viewer who has rewound is where they want to be.
  liveMaxLatencyDuration: Number.POSITIVE_INFINITY,
  liveDurationInfinity: true,
  backBufferLength: 20,
  maxBufferLength: 20,
  maxMaxBufferLength: 60,
  // Which rung to begin with is known (hlsjs-abr.ts), no probing download needed.
  testBandwidth: false,
  useMediaCapabilities: false,
  enableInterstitialPlayback: false,
  manifestLoadPolicy: {
    default: {
      maxTimeToFirstByteMs: 8_000,
      maxLoadTimeMs: 12_000,
      timeoutRetry: retry(1, 0),
      errorRetry: retry(2, 400),
    },
  },
  // A blocking answer may take three target durations; an interrupted stream answers 503 till it is back.
  playlistLoadPolicy: {
    default: {
      maxTimeToFirstByteMs: 8_000,
      maxLoadTimeMs: 12_000,
      timeoutRetry: retry(20, 0),
      errorRetry: retry(20, 250),
    },
  },
  fragLoadPolicy: {
    default: {
      maxTimeToFirstByteMs: 6_000,
      maxLoadTimeMs: 30_000,
      timeoutRetry: retry(3, 0),
      errorRetry: retry(4, 250),
    },
  },
});
