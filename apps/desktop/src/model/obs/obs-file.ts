import { z } from "zod";
import { obsHotkeysSchema } from "./obs-hotkeys.ts";

/**
 * OBS Studio's scene collection as far as we read it (obs-studio, `obs_save_sources` and `obs_sceneitem_save`):
 * everything is optional with OBS' own defaults, as OBS writes only what differs from them.
 */
const pair = (value: number) =>
  z.object({ x: z.number().catch(value), y: z.number().catch(value) }).catch({ x: value, y: value });

export const obsItemSchema = z.object({
  name: z.string(),
  source_uuid: z.string().optional(),
  visible: z.boolean().catch(true),
  locked: z.boolean().catch(false),
  /** Clockwise degrees around the alignment's point, which stands at `pos`. */
  rot: z.number().catch(0),
  pos: pair(0),
  scale: pair(1),
  /** Bits: 1 left, 2 right, 4 top, 8 bottom; none is the middle. */
  align: z.number().catch(5),
  bounds_type: z.number().catch(0),
  bounds_align: z.number().catch(0),
  bounds: pair(0),
  crop_left: z.number().catch(0),
  crop_top: z.number().catch(0),
  crop_right: z.number().catch(0),
  crop_bottom: z.number().catch(0),
  blend_type: z.string().catch("normal"),
  /** Once more an item of a group, where it would stand without the group: for versions that know no groups. */
  group_item_backup: z.boolean().optional().catch(undefined),
});
export type ObsItem = z.infer<typeof obsItemSchema>;

export const obsFilterSchema = z.object({
  id: z.string(),
  name: z.string().catch("filter"),
  enabled: z.boolean().catch(true),
  settings: z.record(z.string(), z.unknown()).catch({}),
});
export type ObsFilter = z.infer<typeof obsFilterSchema>;

export const obsSourceSchema = z.object({
  /** Its kind. */
  id: z.string(),
  name: z.string(),
  uuid: z.string().optional(),
  settings: z.record(z.string(), z.unknown()).catch({}),
  filters: z.array(obsFilterSchema).catch([]),
  muted: z.boolean().catch(false),
  /** A factor. */
  volume: z.number().catch(1),
  /** 0 left, 1 right. */
  balance: z.number().catch(0.5),
  /** Nanoseconds. */
  sync: z.number().catch(0),
  /** Bit n: track n + 1. */
  mixers: z.number().catch(255),
  monitoring_type: z.number().catch(0),
  flags: z.number().catch(0),
  "push-to-talk": z.boolean().catch(false),
  "push-to-mute": z.boolean().catch(false),
  hotkeys: obsHotkeysSchema,
});
export type ObsSource = z.infer<typeof obsSourceSchema>;

export const obsFileSchema = z.looseObject({
  name: z.string().catch("From OBS"),
  sources: z.array(obsSourceSchema),
  groups: z.array(obsSourceSchema).catch([]),
  scene_order: z.array(z.object({ name: z.string() })).catch([]),
  current_program_scene: z.string().optional().catch(undefined),
  current_scene: z.string().optional().catch(undefined),
  current_transition: z.string().catch("Fade"),
  transition_duration: z.number().catch(300),
  transitions: z
    .array(
      z.object({ id: z.string(), name: z.string(), settings: z.record(z.string(), z.unknown()).catch({}) }),
    )
    .catch([]),
  /** Since OBS 31: the canvas that the places were made for. */
  resolution: z.object({ x: z.number(), y: z.number() }).optional().catch(undefined),
});
export type ObsFile = z.infer<typeof obsFileSchema>;

/** Devices that OBS keeps beside the scenes: heard in all of them. */
export const OBS_GLOBAL_SOUND = [
  "DesktopAudioDevice1",
  "DesktopAudioDevice2",
  "AuxAudioDevice1",
  "AuxAudioDevice2",
  "AuxAudioDevice3",
  "AuxAudioDevice4",
] as const;

/** Reads single values of OBS' loose settings. */
export const valuesOf = (settings: Record<string, unknown>) => ({
  text: (key: string, otherwise = "") => {
    const value = settings[key];
    return typeof value === "string" ? value : otherwise;
  },
  number: (key: string, otherwise: number) => {
    const value = settings[key];
    return typeof value === "number" && Number.isFinite(value) ? value : otherwise;
  },
  flag: (key: string, otherwise: boolean) => {
    const value = settings[key];
    return typeof value === "boolean" ? value : otherwise;
  },
  /** OBS has ABGR in one number; what is opaque is written without its A. */
  colour: (key: string, otherwise: number, withAlpha = false) => {
    const value = settings[key];
    const abgr = typeof value === "number" ? value >>> 0 : otherwise;
    const byte = (shift: number) => ((abgr >>> shift) & 255).toString(16).padStart(2, "0");
    const alpha = withAlpha && byte(24) !== "ff" ? byte(24) : "";
    return `#${byte(0)}${byte(8)}${byte(16)}${alpha}`;
  },
});

export const clamp = (value: number, least: number, most: number): number =>
  Math.min(most, Math.max(least, value));
