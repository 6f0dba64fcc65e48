import { z } from "zod";

/** One rung: the most that a rendition may have. A source below it is never scaled up. */
export const Rung = z.object({
  name: z.string().regex(/^[a-z0-9]{1,12}$/),
  height: z.int().min(16).max(4320),
  maxFps: z.number().min(1).max(120),
  bitrateBps: z.int().min(50_000).max(100_000_000),
  /** Always encoded; the others start when somebody asks for them. */
  alwaysOn: z.boolean().default(true),
});
export type Rung = z.infer<typeof Rung>;

export const Ladder = z.array(Rung).min(1).max(12);
export type Ladder = z.infer<typeof Ladder>;

export const DEFAULT_LADDER: Ladder = [
  { name: "1080p60", height: 1080, maxFps: 60, bitrateBps: 8_000_000, alwaysOn: false },
  { name: "1080p", height: 1080, maxFps: 30, bitrateBps: 6_000_000, alwaysOn: false },
  { name: "720p", height: 720, maxFps: 30, bitrateBps: 3_000_000, alwaysOn: true },
  { name: "480p", height: 480, maxFps: 30, bitrateBps: 1_500_000, alwaysOn: false },
  { name: "360p", height: 360, maxFps: 30, bitrateBps: 700_000, alwaysOn: true },
  { name: "160p", height: 160, maxFps: 30, bitrateBps: 300_000, alwaysOn: true },
];

/** The one audio rendition: AAC-LC, stereo. */
export const AUDIO_RENDITION = {
  name: "audio",
  bitrateBps: 128_000,
  sampleRate: 48_000,
  channels: 2,
} as const;

/** The name of a passed-through top rung; it replaces the rung of its height. */
export const SOURCE_RENDITION = "source";
