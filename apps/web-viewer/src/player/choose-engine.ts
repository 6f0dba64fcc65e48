import type { EngineFactory } from "./engine.ts";

const hasMediaSource = (): boolean => "MediaSource" in window || "ManagedMediaSource" in window;

/**
 * hls.js wherever Media Source Extensions are; Chromium claims native HLS too, and plays it six seconds
 * behind. Each engine is a chunk of its own.
 */
export const chooseEngine: EngineFactory = async (video, emit, throughputBps) => {
  if (hasMediaSource()) {
    const { HlsJsEngine } = await import("./hlsjs-engine.ts");
    return new HlsJsEngine(video, emit, throughputBps);
  }
  const { NativeHlsEngine } = await import("./native-engine.ts");
  return new NativeHlsEngine(video, emit);
};
