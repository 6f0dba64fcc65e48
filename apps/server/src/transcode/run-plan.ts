import { highCodecString } from "@footlight/protocols/h264/level.ts";
import { AUDIO_RENDITION } from "@footlight/shared";
import type { Rendition } from "../stream/media-sink.ts";
import type { Unit } from "../stream/unit.ts";
import { frameTicks } from "./frame-rate.ts";
import { type LadderPlan, planLadder } from "./ladder-plan.ts";
import type { RunShape } from "./run-shape.ts";
import type { TranscodeSettings } from "./settings.ts";

/** Undefined without a picture. */
export function planFor(
  shape: RunShape,
  held: readonly Unit[],
  deps: { readonly settings: TranscodeSettings; readonly without: ReadonlySet<string> },
): LadderPlan | undefined {
  if (shape.video === undefined) return undefined;
  const { width, height, frameRate, passthrough } = shape.video;
  return planLadder({ width, height, frameRate, bitrateBps: measuredBps(held) }, deps.settings.ladder, {
    passthrough,
    periodFrames: Math.round(shape.grid.period90k / frameTicks(frameRate)),
    without: deps.without,
  });
}

/** Of the video that is held: the source's bit rate as it begins. */
function measuredBps(held: readonly Unit[]): number {
  const video = held.filter((unit) => unit.kind === "video");
  const span90k = (video.at(-1)?.dts90k ?? 0) - (video[0]?.dts90k ?? 0);
  const bytes = video.reduce((sum, unit) => sum + unit.data.length, 0);
  return span90k < 9_000 ? 2_500_000 : Math.round((bytes * 8 * 90_000) / span90k);
}

/** What the sink is told of a run: best video first, sound last. */
export function renditionsOf(shape: RunShape, plan: LadderPlan | undefined): readonly Rendition[] {
  const renditions: Rendition[] = [];
  if (plan?.source !== undefined) {
    const { name, shape: source } = plan.source;
    renditions.push({ kind: "video", name, ...source, passthrough: true });
  }
  for (const { name, width, height, frameRate, bitrateBps, level, alwaysOn } of plan?.encoded ?? []) {
    // x264 is held to it. Graphics cards may choose another level: close enough to be asked for by.
    const codecString = highCodecString(level);
    const rung = { name, width, height, frameRate, bitrateBps, codecString, asleep: !alwaysOn };
    renditions.push({ kind: "video", ...rung, passthrough: false });
  }
  if (shape.audio !== "none") renditions.push({ kind: "audio", ...AUDIO_RENDITION });
  return renditions;
}
