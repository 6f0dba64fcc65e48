import { z } from "zod";
import { profileHotkeys } from "./obs-hotkeys.ts";

/** What an OBS profile (`basic.ini`) says that we have too; absent where it says nothing. */
export interface ObsProfile {
  readonly canvas: { readonly width: number; readonly height: number } | null;
  readonly output: { readonly width: number; readonly height: number } | null;
  readonly fps: number | null;
  readonly bitrateBps: number | null;
  readonly audioBitrateBps: number | null;
  readonly recording: { readonly folder: string | null; readonly container: "mp4" | "mkv" | null };
  readonly replayS: number | null;
  /** Accelerator → action, as the document has them; and what has no counterpart, in words for people. */
  readonly hotkeys: Readonly<Record<string, string>>;
  readonly unmatched: readonly string[];
  /** Where it sends to, of `service.json`; its key is a secret. */
  readonly service: { readonly kind: "rtmp" | "whip"; readonly url: string; readonly key: string } | null;
}

/** What OBS keeps beside `basic.ini`; undefined where there is no such file. */
export interface ObsProfileFiles {
  /** The advanced mode's encoder. */
  readonly "streamEncoder.json"?: string | undefined;
  readonly "service.json"?: string | undefined;
}

/** Sections of `key=value` lines; OBS writes no quotes and no escapes, and begins with a byte order mark. */
export const readIni = (text: string): Map<string, Map<string, string>> => {
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
export const readObsProfile = (text: string, beside: ObsProfileFiles = {}): ObsProfile | null => {
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
  const hotkeys = profileHotkeys(ini.get("Hotkeys"));
  const simple = output?.get("Mode") !== "Advanced";
  const section = simple ? "SimpleOutput" : "AdvOut";
  const bps = (section: string, key: string) => {
    const kbps = number(section, key);
    return kbps === null ? null : kbps * 1000;
  };
  return {
    canvas: size("BaseCX", "BaseCY"),
    output: size("OutputCX", "OutputCY"),
    fps: fpsOf(video, number),
    bitrateBps: simple ? bps("SimpleOutput", "VBitrate") : encoderBps(beside["streamEncoder.json"]),
    audioBitrateBps: simple ? bps("SimpleOutput", "ABitrate") : bps("AdvOut", "Track1Bitrate"),
    recording: {
      folder: ini.get(section)?.get(simple ? "FilePath" : "RecFilePath") || null,
      container: containerOf(ini.get(section)),
    },
    replayS: number(section, "RecRBTime"),
    hotkeys: hotkeys.taken,
    unmatched: hotkeys.unmatched,
    service: serviceOf(beside["service.json"]),
  };
};

/** `hybrid_mp4` and `fragmented_mp4` are ours too; what else there is (flv, mov, ts) is not written here. */
const containerOf = (section: ReadonlyMap<string, string> | undefined): "mp4" | "mkv" | null => {
  const format = section?.get("RecFormat2") ?? section?.get("RecFormat") ?? "";
  if (format.endsWith("mp4")) return "mp4";
  return format === "mkv" ? "mkv" : null;
};

const read = <S extends z.ZodType>(schema: S, text: string | undefined): z.infer<S> | null => {
  try {
    return schema.safeParse(JSON.parse(text ?? "")).data ?? null;
  } catch {
    return null;
  }
};

/** Kbit/s. */
const encoderBps = (text: string | undefined): number | null => {
  const encoder = read(z.object({ bitrate: z.number().positive() }), text);
  return encoder && encoder.bitrate * 1000;
};

const serviceSchema = z.object({
  type: z.string(),
  settings: z.object({
    server: z.string(),
    key: z.string().catch(""),
    bearer_token: z.string().catch(""),
  }),
});

/** A service of OBS' list may say `auto` for its server: then nobody knows where to. */
const serviceOf = (text: string | undefined): ObsProfile["service"] => {
  const service = read(serviceSchema, text);
  if (!service) return null;
  const { server: url, key, bearer_token } = service.settings;
  if (service.type === "whip_custom" && /^https?:/.test(url)) return { kind: "whip", url, key: bearer_token };
  return /^rtmps?:/.test(url) ? { kind: "rtmp", url, key } : null;
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
