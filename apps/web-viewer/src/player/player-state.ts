import type { Tier } from "@footlight/shared";
import type { EngineFailure, EngineFigures } from "./engine.ts";
import type { TierNotice } from "./fall-back.ts";
import type { Quality } from "./quality.ts";
import type { TierWish } from "./tier-choice.ts";

/** What the player does. One value, changed in one function of `Player`. */
export type PlayerState =
  | { kind: "idle" }
  | { kind: "loading" }
  | { kind: "playing" }
  | { kind: "paused" }
  /** The picture stands for want of data. */
  | { kind: "buffering" }
  /** The engine failed; a new one is tried soon. */
  | { kind: "recovering"; attempt: number }
  | { kind: "ended" }
  | { kind: "failed"; failure: EngineFailure };

export interface PlayerSnapshot {
  state: PlayerState;
  qualities: readonly Quality[];
  /** `auto` or a quality's id. */
  selected: string;
  /** The quality on the screen. */
  current: string | null;
  volume: number;
  muted: boolean;
  /** Muted because the browser would not start with sound: one tap brings it back. */
  mutedByBrowser: boolean;
  hasFrame: boolean;
  /** The standard tier plays because the network does not carry the low one. */
  lean: boolean;
  /** What became of the ultra tier against the viewer's wish. */
  tierNotice: TierNotice | null;
  /** The viewer wants to save data: at most 480 lines, and the standard tier. */
  dataSaver: boolean;
  /** The tier on the screen. */
  tier: Tier | null;
  /** What the viewer wishes, and what there is to wish for, quickest first. */
  wish: TierWish;
  tiers: readonly Tier[];
}

export interface PlayerFigures {
  engine: string;
  tier: Tier;
  quality: string;
  resolution: string;
  bitrateBps: number | null;
  throughputBps: number | null;
  clock: "capture" | "arrival";
  bufferS: number;
  latencyS: number | null;
  targetS: number | null;
  rate: number;
  droppedFrames: number;
  totalFrames: number;
  stalls: number;
  /** From `load()` to the first frame. */
  firstFrameMs: number | null;
  /** Of a WebRTC connection. */
  link?: EngineFigures["link"];
}

/** Before there is a player. */
export const NOTHING: PlayerSnapshot = {
  state: { kind: "idle" },
  qualities: [],
  selected: "auto",
  current: null,
  volume: 1,
  muted: false,
  mutedByBrowser: false,
  hasFrame: false,
  lean: false,
  tierNotice: null,
  dataSaver: false,
  tier: null,
  wish: "auto",
  tiers: [],
};
