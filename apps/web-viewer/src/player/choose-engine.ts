import type { EngineFactory } from "./engine.ts";

const hasMediaSource = (): boolean => "MediaSource" in window || "ManagedMediaSource" in window;

export const hasWebRtc = (): boolean => "RTCPeerConnection" in window;

/** Fetches the engine ahead of its use, beside the question what there is to play. */
export const warmEngine = (): void => {
  // A failure shows when the engine is really wanted.
  if (hasMediaSource()) import("./hlsjs-engine.ts").catch(() => undefined);
  if (hasWebRtc()) import("./whep-engine.ts").catch(() => undefined);
};

/**
 * WHEP for the ultra tier; hls.js wherever Media Source Extensions are; Chromium claims native HLS too, and plays it six seconds
 * behind. Each engine is a chunk of its own.
 */
export const chooseEngine: EngineFactory = async (tier, video, emit, hints) => {
  if (tier === "ultra") {
    const { WhepEngine } = await import("./whep-engine.ts");
    return new WhepEngine(video, emit, hints);
  }
  if (hasMediaSource()) {
    const { HlsJsEngine } = await import("./hlsjs-engine.ts");
    return new HlsJsEngine(video, emit, hints);
  }
  const { NativeHlsEngine } = await import("./native-engine.ts");
  return new NativeHlsEngine(video, emit);
};
