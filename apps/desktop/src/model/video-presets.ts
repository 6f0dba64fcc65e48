/**
 * What a picture is called in plain words and what it is in figures. The expert pane shows the figures; changing one
 * there makes the preset `custom`.
 */
export interface VideoPreset {
  readonly id: string;
  readonly name: string;
  readonly why: string;
  readonly width: number;
  readonly height: number;
  readonly fps: number;
  readonly bitrateBps: number;
  /** With fewer bits it looks worse than the preset before it. */
  readonly leastBps: number;
}

/** From the lightest to the best. */
export const VIDEO_PRESETS: readonly VideoPreset[] = [
  {
    id: "light",
    name: "Light",
    why: "For a slow line or an old machine. 360p at 30 pictures a second.",
    width: 640,
    height: 360,
    fps: 30,
    bitrateBps: 900_000,
    leastBps: 450_000,
  },
  {
    id: "fair",
    name: "Fair",
    why: "For a line with little to spare. 480p at 30 pictures a second.",
    width: 854,
    height: 480,
    fps: 30,
    bitrateBps: 1_500_000,
    leastBps: 1_000_000,
  },
  {
    id: "good",
    name: "Good",
    why: "For most machines and lines. 720p at 30 pictures a second.",
    width: 1280,
    height: 720,
    fps: 30,
    bitrateBps: 3_000_000,
    leastBps: 2_200_000,
  },
  {
    id: "smooth",
    name: "Smooth",
    why: "For games and sport. 720p at 60 pictures a second.",
    width: 1280,
    height: 720,
    fps: 60,
    bitrateBps: 4_500_000,
    leastBps: 3_500_000,
  },
  {
    id: "sharp",
    name: "Sharp",
    why: "For screens with small text. 1080p at 30 pictures a second.",
    width: 1920,
    height: 1080,
    fps: 30,
    bitrateBps: 5_000_000,
    leastBps: 4_000_000,
  },
  {
    id: "best",
    name: "Best",
    why: "For a fast machine with a hardware encoder. 1080p at 60 pictures a second.",
    width: 1920,
    height: 1080,
    fps: 60,
    bitrateBps: 8_000_000,
    leastBps: 6_000_000,
  },
];

export type VideoFigures = Pick<VideoPreset, "width" | "height" | "fps" | "bitrateBps">;

/** The preset that has these figures; undefined: custom. */
export const presetOf = (figures: VideoFigures): VideoPreset | undefined =>
  VIDEO_PRESETS.find(
    (preset) =>
      preset.width === figures.width &&
      preset.height === figures.height &&
      preset.fps === figures.fps &&
      preset.bitrateBps === figures.bitrateBps,
  );
