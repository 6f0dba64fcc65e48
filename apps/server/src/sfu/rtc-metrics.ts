import type { RtcEnd, RtcRefusalCode } from "../stream/rtc.ts";

/** What the engine counts. */
export interface RtcMetrics {
  sessionEnded(role: "publisher" | "viewer", end: RtcEnd): void;
  refused(code: RtcRefusalCode): void;
  workerDied(): void;
}
