import { z } from "zod";

/** `ready → live ⇄ interrupted → ended` */
export const StreamStatus = z.enum(["ready", "live", "interrupted", "ended"]);
export type StreamStatus = z.infer<typeof StreamStatus>;

/** The lowest delay that a stream offers; fixed while it is live. */
export const LatencyMode = z.enum(["standard", "low", "ultra-low"]);
export type LatencyMode = z.infer<typeof LatencyMode>;

/** `rehearsal`: the whole path, for its owner's eyes only, until it is made public. */
export const Visibility = z.enum(["public", "rehearsal"]);
export type Visibility = z.infer<typeof Visibility>;

/** How a viewer receives: HLS/DASH in whole segments, LL-HLS in parts, WebRTC. */
export const Tier = z.enum(["standard", "low", "ultra"]);
export type Tier = z.infer<typeof Tier>;

export const LIMITS = {
  title: 140,
  bio: 500,
  displayName: 40,
  tags: 10,
  tag: 25,
  category: 60,
} as const;

/** One line of text: no control characters, which no keyboard makes and no database of ours keeps. */
export const Line = z
  .string()
  .trim()
  .regex(/^\P{Cc}*$/u, "no control characters");
/** Text of several lines. */
export const Prose = z
  .string()
  .trim()
  .regex(/^[\P{Cc}\n\r\t]*$/u, "no control characters");

export const Title = Line.min(1).max(LIMITS.title);
export const Category = Line.max(LIMITS.category);
export const Tags = z
  .array(
    z
      .string()
      .trim()
      .toLowerCase()
      .regex(/^[\p{L}\p{N}_-]{1,25}$/u, "letters, digits, - and _"),
  )
  .max(LIMITS.tags);

/** `Pottery, calm #slow` → `["pottery", "calm", "slow"]`, each once. */
export const splitTags = (text: string): string[] => {
  const tags = text.split(/[,;#\s]+/).map((tag) => tag.trim().toLowerCase());
  return [...new Set(tags.filter((tag) => tag !== ""))];
};
