/** H.264 profiles as their `profile-level-id` tells them (RFC 6184 §8.1, table 5). */
export type H264Profile =
  | "constrained-baseline"
  | "baseline"
  | "main"
  | "constrained-high"
  | "high"
  | "other";

/** Profile, a mask over the constraint flags, and what they then are. */
const PROFILES: readonly (readonly [number, number, number, H264Profile])[] = [
  [0x42, 0x4f, 0x40, "constrained-baseline"],
  [0x4d, 0x8f, 0x80, "constrained-baseline"],
  [0x58, 0xcf, 0xc0, "constrained-baseline"],
  [0x42, 0x4f, 0x00, "baseline"],
  [0x58, 0xcf, 0x80, "baseline"],
  [0x4d, 0xaf, 0x00, "main"],
  [0x64, 0xff, 0x0c, "constrained-high"],
  [0x64, 0xff, 0x00, "high"],
];

/** Each decodes what stands before it, and baseline: its odd tools are in no encoder that is met here. */
const BY_ABILITY: readonly H264Profile[] = [
  "constrained-baseline",
  "baseline",
  "main",
  "constrained-high",
  "high",
];

/** Where it is not said, it is constrained baseline at level 3.1, as browsers take it. */
export function h264Profile(profileLevelId: string | undefined): H264Profile {
  if (profileLevelId === undefined) return "constrained-baseline";
  if (!/^[0-9a-fA-F]{6}$/.test(profileLevelId)) return "other";
  const profile = Number.parseInt(profileLevelId.slice(0, 2), 16);
  const flags = Number.parseInt(profileLevelId.slice(2, 4), 16);
  const found = PROFILES.find(([idc, mask, value]) => idc === profile && (flags & mask) === value);
  return found?.[3] ?? "other";
}

/** Whether a decoder of one profile can be expected to decode another. Levels are understated by all: ignored. */
export function decodes(decoder: H264Profile, stream: H264Profile): boolean {
  if (decoder === "other" || stream === "other") return false;
  return stream === "baseline" || BY_ABILITY.indexOf(stream) <= BY_ABILITY.indexOf(decoder);
}
