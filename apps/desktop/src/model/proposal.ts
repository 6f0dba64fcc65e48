import { VIDEO_PRESETS, type VideoFigures, type VideoPreset } from "./video-presets.ts";

/** Pictures a second that an encoder made in a trial; what is absent was too slow to be tried. */
export interface EncoderSpeed<Name extends string = string> {
  readonly name: Name;
  readonly fps360p?: number | undefined;
  readonly fps720p: number;
  readonly fps1080p?: number | undefined;
}

export interface Measurements<Name extends string = string> {
  /** Bits a second to the server; null: there was nothing to measure against, or it failed. */
  readonly lineBps: number | null;
  readonly encoders: readonly EncoderSpeed<Name>[];
  /** The mode that the chosen camera gives; null: no camera. */
  readonly camera: { readonly width: number; readonly height: number; readonly fps: number } | null;
  readonly screen: { readonly width: number; readonly height: number } | null;
}

export type Limit = "line" | "machine" | "camera" | "screen";

/** Each with its reason: codes and figures; the window has the sentences. */
export interface Proposal<Name extends string = string> {
  readonly preset: VideoPreset;
  /** What stands against more; null: nothing, it is the best there is. */
  readonly limit: Limit | null;
  /** The better one that it stands against. */
  readonly beyond: VideoPreset | null;
  /** Even this is more than there is. */
  readonly slow: boolean;
  readonly bitrateBps: number;
  readonly bitrateReason: "full" | "line" | "too_slow" | "unknown_line";
  /** What the line may carry, of what was measured. */
  readonly usableBps: number | null;
  readonly encoder: Name | "auto";
  readonly encoderReason: "hardware" | "built_in" | "processor" | "too_slow" | "unknown";
  /** How many times as fast as needed; null: not measured. */
  readonly encoderRoom: number | null;
}

/** A line is never as good for hours as it was for seconds. */
export const LINE_SHARE = 0.7;
/** What most lines carry, and every service takes. */
const UNKNOWN_LINE_BPS = 3_000_000;
const WORST_BITRATE_BPS = 200_000;
const BITRATE_STEP_BPS = 50_000;
/** A second sound track's worth is left for what else goes out. */
const SOUND_BPS = 160_000;

const HARDWARE: ReadonlySet<string> = new Set(["h264_nvenc", "h264_qsv", "h264_vaapi", "h264_videotoolbox"]);
const BUILT_IN = "webcodecs";
/** Pictures made by the processor leave half of it to composing, to sound and to the game. */
const ROOM = { hardware: 1.5, software: 2 } as const;

const AREAS = { fps360p: 640 * 360, fps720p: 1280 * 720, fps1080p: 1920 * 1080 } as const;

/** The best picture that machine, line and sources allow, and why. Pure; figures that are no figures count as none. */
export function propose<Name extends string>(measured: Measurements<Name>): Proposal<Name> {
  const usableBps = usable(measured.lineBps);
  const hindered = (preset: VideoPreset) => obstacle(preset, measured);
  const best = VIDEO_PRESETS.findLast((preset) => hindered(preset) === null);
  const preset = best ?? lightest();
  const better = VIDEO_PRESETS.slice(VIDEO_PRESETS.indexOf(preset) + 1);
  // What the sources leave out anyway is no reason while something else is.
  const beyond = better.find((one) => ["line", "machine"].includes(hindered(one) ?? "")) ?? better[0] ?? null;
  const limit = best === undefined ? hindered(preset) : beyond && hindered(beyond);
  return {
    ...{ preset, limit, beyond, slow: best === undefined, usableBps },
    ...bitrateOf(preset, usableBps),
    ...encoderFor(preset, measured.encoders),
  };
}

/** What a picture that somebody chose by hand asks too much of. */
export function strains(figures: VideoFigures, encoder: string, measured: Measurements): Limit[] {
  const usableBps = usable(measured.lineBps);
  const known = measured.encoders.find(({ name }) => name === encoder);
  const found: Limit[] = [];
  if (usableBps !== null && figures.bitrateBps > usableBps) found.push("line");
  if (known !== undefined && !isFastEnough(known, figures)) found.push("machine");
  return found;
}

function lightest(): VideoPreset {
  const [first] = VIDEO_PRESETS;
  if (first === undefined) throw new Error("there are presets");
  return first;
}

/** What stands against a preset; what can be changed least is named first. */
function obstacle(preset: VideoPreset, measured: Measurements): Limit | null {
  const { encoders, camera, screen } = measured;
  const usableBps = usable(measured.lineBps);
  const isLightest = preset === lightest();
  const source = isLightest ? null : sourceLimit(preset, camera, screen);
  if (source !== null) return source;
  if ((usableBps ?? UNKNOWN_LINE_BPS) < preset.leastBps) return "line";
  if (usableBps === null && preset.bitrateBps > UNKNOWN_LINE_BPS) return "line";
  if (encoders.length > 0 && !encoders.some((encoder) => isFastEnough(encoder, preset))) return "machine";
  // Nothing could be tried: what any machine of the last ten years does.
  if (encoders.length === 0 && preset.bitrateBps > UNKNOWN_LINE_BPS) return "machine";
  return null;
}

/** A picture that is larger than all that is shown in it costs bits and shows no more. */
function sourceLimit(
  preset: VideoPreset,
  camera: Measurements["camera"],
  screen: Measurements["screen"],
): Limit | null {
  if (camera === null && screen === null) return null;
  if (preset.height > Math.max(camera?.height ?? 0, screen?.height ?? 0))
    return screen === null ? "camera" : "screen";
  // A screen moves as often as one likes.
  return screen === null && camera !== null && preset.fps > 30 && !(camera.fps >= 50) ? "camera" : null;
}

function bitrateOf(preset: VideoPreset, usableBps: number | null) {
  const { bitrateBps } = preset;
  if (usableBps === null) return { bitrateBps, bitrateReason: "unknown_line" as const };
  if (usableBps >= bitrateBps) return { bitrateBps, bitrateReason: "full" as const };
  const fits = Math.floor(usableBps / BITRATE_STEP_BPS) * BITRATE_STEP_BPS;
  const isEnough = usableBps >= preset.leastBps;
  return {
    bitrateBps: Math.max(WORST_BITRATE_BPS, fits),
    bitrateReason: isEnough ? ("line" as const) : ("too_slow" as const),
  };
}

/** Hardware first, for it leaves the processor alone; then the browser's own, which is handed no raw pictures. */
function encoderFor<Name extends string>(preset: VideoPreset, encoders: readonly EncoderSpeed<Name>[]) {
  const room = (encoder: EncoderSpeed) => speedAt(encoder, preset) / preset.fps;
  const fit = encoders.filter((encoder) => isFastEnough(encoder, preset));
  const chosen =
    fit.find(({ name }) => HARDWARE.has(name)) ??
    fit.find(({ name }) => name === BUILT_IN) ??
    fit[0] ??
    [...encoders].sort((a, b) => room(b) - room(a))[0];
  if (chosen === undefined)
    return { encoder: "auto" as const, encoderReason: "unknown" as const, encoderRoom: null };
  return { encoder: chosen.name, encoderReason: encoderReason(chosen, fit), encoderRoom: room(chosen) };
}

function encoderReason(chosen: EncoderSpeed, fit: readonly EncoderSpeed[]): Proposal["encoderReason"] {
  if (!fit.includes(chosen)) return "too_slow";
  if (HARDWARE.has(chosen.name)) return "hardware";
  return chosen.name === BUILT_IN ? "built_in" : "processor";
}

function isFastEnough(encoder: EncoderSpeed, figures: VideoFigures): boolean {
  const room = HARDWARE.has(encoder.name) ? ROOM.hardware : ROOM.software;
  return speedAt(encoder, figures) >= figures.fps * room;
}

/** Pictures a second at a size: between two trials by the time that a picture takes; beyond the last one none. */
function speedAt(encoder: EncoderSpeed, { width, height }: VideoFigures): number {
  const area = width * height;
  const tried = (Object.keys(AREAS) as (keyof typeof AREAS)[])
    .map((trial) => ({ area: AREAS[trial], fps: encoder[trial] ?? 0 }))
    .filter(({ fps }) => fps > 0);
  const above = tried.find((trial) => trial.area >= area);
  const below = tried.findLast((trial) => trial.area <= area);
  if (above === undefined) return 0;
  if (below === undefined || below === above) return above.fps;
  const share = (area - below.area) / (above.area - below.area);
  return 1 / ((1 - share) / below.fps + share / above.fps);
}

/** Null where nothing was measured. */
function usable(lineBps: number | null): number | null {
  if (lineBps === null || Number.isNaN(lineBps)) return null;
  return Math.max(0, lineBps * LINE_SHARE - SOUND_BPS);
}
