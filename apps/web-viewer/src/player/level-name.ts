import type { Level } from "hls.js";

/** The name of a rung; the packager gives each rendition a folder or file of its name. */
export const levelName = (level: Level): string => {
  const name = level.attrs["NAME"] ?? level.name;
  if (name) return name;
  const parts = new URL(level.uri, location.href).pathname.split("/");
  const file = parts.at(-1)?.replace(/\.m3u8$/, "") ?? "";
  return /^(ll|index|video|playlist|media|live)$/.test(file) ? (parts.at(-2) ?? file) : file;
};
