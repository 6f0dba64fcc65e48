import { randomUUID } from "node:crypto";
import { rename } from "node:fs/promises";
import { join } from "node:path";
import { z } from "zod";
import { type StudioSettings, settingsSchema } from "../../contract/studio-topics.ts";
import { LazyWriter, readText } from "./json-file.ts";

/** A place to publish to that a person typed in; its key is among the secrets. */
const customTargetSchema = z.object({
  id: z.string().min(1).max(64),
  name: z.string(),
  kind: z.enum(["rtmp", "whip"]),
  url: z.string(),
  enabled: z.boolean(),
});
export type CustomTarget = z.infer<typeof customTargetSchema>;

const preferencesSchema = z.object({
  settings: settingsSchema,
  targets: z.array(customTargetSchema),
  account: z.object({ server: z.string(), username: z.string().nullable(), enabled: z.boolean() }),
});
export type PreferenceValues = z.infer<typeof preferencesSchema>;

export const defaultSettings = (videos: string): StudioSettings => ({
  welcomed: false,
  theme: "system",
  stream: { title: "", category: "", tags: [], latencyMode: "low", delayS: 0, record: false },
  video: {
    width: 1280,
    height: 720,
    fps: 30,
    bitrateBps: 3_000_000,
    keyframeIntervalMs: 2_000,
    encoder: "auto",
    effort: "balanced",
    bFrames: false,
  },
  audioBitrateBps: 128_000,
  recording: { folder: videos, container: "mp4", bitrateBps: 6_000_000, tracks: [1], replayS: 30 },
  remote: { enabled: false, port: 4455 },
});

/** All that the studio remembers beside the scenes and the secrets. */
export class Preferences implements AsyncDisposable {
  readonly #writer: LazyWriter;
  readonly #listeners = new Set<(values: PreferenceValues) => void>();

  private constructor(
    private current: PreferenceValues,
    path: string,
    onFault: (error: unknown) => void,
  ) {
    this.#writer = new LazyWriter(path, onFault);
  }

  /** What an older studio did not know has its default; a broken file is kept beside a new one. */
  static async open(
    folder: string,
    videos: string,
    onFault: (error: unknown) => void,
    onAside: (path: string) => void = () => {},
  ): Promise<Preferences> {
    const path = join(folder, "settings.json");
    const fresh: PreferenceValues = {
      settings: defaultSettings(videos),
      targets: [],
      account: { server: "", username: null, enabled: true },
    };
    try {
      const text = await readText(path);
      if (text === undefined) return new Preferences(fresh, path, onFault);
      const read: unknown = JSON.parse(text);
      return new Preferences(preferencesSchema.parse(over(fresh, read)), path, onFault);
    } catch (error) {
      const aside = path.replace(/\.json$/, `.broken-${randomUUID()}.json`);
      await rename(path, aside);
      onFault(error);
      onAside(aside);
      return new Preferences(fresh, path, onFault);
    }
  }

  get values(): PreferenceValues {
    return this.current;
  }

  change(values: Partial<PreferenceValues>): void {
    this.current = { ...this.current, ...values };
    this.#writer.write(`${JSON.stringify(this.current, null, 2)}\n`);
    for (const listener of this.#listeners) listener(this.current);
  }

  /** What is not named, or undefined, stays. */
  changeSettings(change: { readonly [K in keyof StudioSettings]?: StudioSettings[K] | undefined }): void {
    const named = Object.fromEntries(Object.entries(change).filter(([, value]) => value !== undefined));
    this.change({ settings: { ...this.current.settings, ...named } });
  }

  onChange(listener: (values: PreferenceValues) => void): void {
    this.#listeners.add(listener);
  }

  [Symbol.asyncDispose](): Promise<void> {
    return this.#writer[Symbol.asyncDispose]();
  }
}

/** Objects merged key by key; anything else is what was read. */
function over(base: unknown, read: unknown): unknown {
  if (!isPlain(base) || !isPlain(read)) return read;
  const keys = new Set([...Object.keys(base), ...Object.keys(read)]);
  return Object.fromEntries(
    [...keys].map((key) => [key, Object.hasOwn(read, key) ? over(base[key], read[key]) : base[key]]),
  );
}

const isPlain = (value: unknown): value is Record<string, unknown> =>
  typeof value === "object" && value !== null && !Array.isArray(value);
