import type { Tier } from "@footlight/shared";
import type { LinkFigures } from "./link-health.ts";
import type { Quality } from "./quality.ts";
import type { RtpClock } from "./rtp-clock.ts";

/** Why an engine gave up. `missing`: it is not there; `full`: no place; `unsupported`: this browser cannot. */
export type EngineFailure = "network" | "media" | "missing" | "full" | "unsupported";

export type EngineEvent =
  | { type: "qualities"; qualities: readonly Quality[] }
  /** The quality now on the screen. */
  | { type: "quality"; id: string }
  /** The first frame is there and the playhead where it should be: play. */
  | { type: "ready" }
  | { type: "ended" }
  /** Nothing comes, and the element does not notice; `moving`: it does again. */
  | { type: "still" | "moving" }
  /** The line does not carry the lowest quality and the requests of the low tier. */
  | { type: "starved" }
  /** In the standard tier: the line would carry the low one with ease. */
  | { type: "relieved" }
  | EngineFailed;

export interface EngineFailed {
  readonly type: "failed";
  readonly failure: EngineFailure;
  /** The server asks not to come back sooner. */
  readonly retryAfterMs?: number;
}

export interface EngineFigures {
  /** Capture (or arrival at the server) to this screen; null where the stream carries no date. */
  latencyS: number | null;
  /** The distance to the edge that the engine aims at. */
  targetS: number | null;
  bitrateBps: number | null;
  throughputBps: number | null;
  /** What dates count from: the time of capture, or of arrival where the publisher does not tell it. */
  clock: "capture" | "arrival";
  /** Of a WebRTC connection. */
  link?: Omit<LinkFigures, "bitrateBps">;
}

/** What can be played, by the stream's own dates (ms since 1970). */
export interface EngineWindow {
  readonly startMs: number;
  /** Where a viewer at the live edge would be at this moment. */
  readonly liveMs: number;
  readonly positionMs: number;
  readonly bufferedMs: readonly (readonly [from: number, to: number])[];
  /** The engine keeps the viewer at the edge; not after `seek` or `hold`, until `toLive`. */
  readonly live: boolean;
}

/**
 * One way of getting a live stream into a video element: hls.js, the browser's own HLS, WHEP.
 * It owns its connections; after `close()` it says nothing more and has left the element.
 */
export interface Engine {
  readonly name: string;
  load(url: string): void;
  /** A quality's id, or `auto`. */
  select(quality: string): void;
  toLive(): void;
  /** To a place by its date. Away from the edge the viewer is left alone: rate 1, no seeks. */
  seek(dateMs: number): void;
  /** The viewer pauses: the place is kept, however far the edge goes. */
  hold(): void;
  /** Null before there is something to play, and where an engine cannot rewind. */
  window(): EngineWindow | null;
  /** The picture stood still for want of data. */
  noteStall(): void;
  /** Another takes its place: it plays what it has, and leaves the line to that one. */
  fade(): void;
  figures(): EngineFigures;
  /** Of a live connection: whether media come at this moment. */
  flows?(): Promise<boolean>;
  close(): void;
}

export interface EngineHints {
  /** What the network gave last, bits a second. */
  readonly throughputBps: number | null;
  /** The tallest picture that `auto` may take, in lines; null for any. */
  readonly maxLines: number | null;
  /** The stream's time zero, ms since 1970. */
  readonly startedAtMs: number | null;
  /** What RTP timestamps are in wall-clock time, as far as the server has told it. */
  rtpClock(): RtpClock | null;
}

export type EngineFactory = (
  tier: Tier,
  video: HTMLVideoElement,
  emit: (event: EngineEvent) => void,
  hints: EngineHints,
) => Promise<Engine>;
