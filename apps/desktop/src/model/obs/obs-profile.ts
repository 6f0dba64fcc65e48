/** What an OBS profile (`basic.ini`) says that we have too; absent where it says nothing. */
export interface ObsProfile {
  readonly canvas: { readonly width: number; readonly height: number } | null;
  readonly output: { readonly width: number; readonly height: number } | null;
  readonly fps: number | null;
  readonly bitrateBps: number | null;
  readonly audioBitrateBps: number | null;
}

/** Sections of `key=value` lines; OBS writes no quotes and no escapes, and begins with a byte order mark. */
const readIni = (text: string): Map<string, Map<string, string>> => {
  const sections = new Map<string, Map<string, string>>();
  let current = new Map<string, string>();
  for (const line of text.replace(/^\uFEFF/, "").split(/\r?\n/)) {
    const name = /^\[(.+)\]$/.exec(line.trim())?.[1];
    if (name !== undefined) {
      current = sections.get(name) ?? new Map();
      sections.set(name, current);
      continue;
    }
    const at = line.indexOf("=");
    if (at > 0) current.set(line.slice(0, at).trim(), line.slice(at + 1).trim());
  }
  return sections;
};

/** As encoders want it. */
const even = (value: number) => Math.max(16, 2 * Math.round(value / 2));

/** Null when it is no profile of OBS. */
export const readObsProfile = (text: string): ObsProfile | null => {
  const ini = readIni(text);
  const video = ini.get("Video");
  const output = ini.get("Output");
  if (!video && !output) return null;
  const number = (section: string, key: string): number | null => {
    const value = Number(ini.get(section)?.get(key) ?? Number.NaN);
    return Number.isFinite(value) && value > 0 ? value : null;
  };
  const size = (x: string, y: string) => {
    const [width, height] = [number("Video", x), number("Video", y)];
    return width !== null && height !== null ? { width: even(width), height: even(height) } : null;
  };
  // Kbit/s; the advanced mode keeps its video's in a file of the encoder's own.
  const simple = output?.get("Mode") !== "Advanced";
  const bps = (section: string, key: string) => {
    const kbps = number(section, key);
    return kbps === null ? null : kbps * 1000;
  };
  return {
    canvas: size("BaseCX", "BaseCY"),
    output: size("OutputCX", "OutputCY"),
    fps: fpsOf(video, number),
    bitrateBps: simple ? bps("SimpleOutput", "VBitrate") : null,
    audioBitrateBps: simple ? bps("SimpleOutput", "ABitrate") : bps("AdvOut", "Track1Bitrate"),
  };
};

/** Our canvas runs at whole rates: 29.97 becomes 30. */
const fpsOf = (
  video: ReadonlyMap<string, string> | undefined,
  number: (section: string, key: string) => number | null,
): number | null => {
  switch (video?.get("FPSType") ?? "0") {
    case "1":
      return number("Video", "FPSInt");
    case "2": {
      const [above, below] = [number("Video", "FPSNum"), number("Video", "FPSDen")];
      return above !== null && below !== null ? Math.round(above / below) : null;
    }
    default: {
      const common = Number.parseFloat(video?.get("FPSCommon") ?? "");
      return Number.isFinite(common) ? Math.round(common) : null;
    }
  }
};
