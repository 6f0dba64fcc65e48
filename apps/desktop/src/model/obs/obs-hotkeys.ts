import { z } from "zod";

/** A key as OBS writes it (obs-hotkey, `obs_key_to_name`); `command` is macOS' and the Windows key. */
const bindingSchema = z.object({
  key: z.string(),
  control: z.boolean().catch(false),
  alt: z.boolean().catch(false),
  shift: z.boolean().catch(false),
  command: z.boolean().catch(false),
});
type Binding = z.infer<typeof bindingSchema>;

/** OBS' name of what is done → its keys. */
export const obsHotkeysSchema = z.record(z.string(), z.array(bindingSchema).catch([])).catch({});
export type ObsHotkeys = z.infer<typeof obsHotkeysSchema>;

const NAMED: Readonly<Record<string, string>> = {
  SPACE: "Space",
  LEFT: "Left",
  RIGHT: "Right",
  UP: "Up",
  DOWN: "Down",
  HOME: "Home",
  END: "End",
  PAGEUP: "PageUp",
  PAGEDOWN: "PageDown",
  INSERT: "Insert",
  DELETE: "Delete",
};

/** As Electron names it; null for keys that we do not take: a bare letter would be taken from every other programme. */
const acceleratorOf = ({ key, control, alt, shift, command }: Binding): string | null => {
  const name = key.replace(/^OBS_KEY_/, "");
  const modifiers = [control && "Control", command && "Super", alt && "Alt", shift && "Shift"].filter(
    (each) => each !== false,
  );
  const pad = /^NUM([0-9])$/.exec(name)?.[1];
  if (pad !== undefined) return [...modifiers, `num${pad}`].join("+");
  if (/^F([1-9]|1\d|2[0-4])$/.test(name)) return [...modifiers, name].join("+");
  const plain = /^[A-Z0-9]$/.test(name) ? name : NAMED[name];
  return plain !== undefined && (control || alt || command) ? [...modifiers, plain].join("+") : null;
};

/** As people read it. */
const bindingWords = ({ key, control, alt, shift, command }: Binding): string =>
  [control && "Ctrl", command && "Super", alt && "Alt", shift && "Shift", key.replace(/^OBS_KEY_/, "")]
    .filter((each) => each !== false)
    .join("+");

/** Keys of a collection or a profile, as the document has them; what has no counterpart is put into words. */
export class HotkeyImport {
  readonly taken: Record<string, string> = {};
  readonly unmatched: string[] = [];

  /** @param action ours; null: there is none @param words what it does, for people */
  take(binding: Binding, action: string | null, words: string): void {
    const accelerator = action === null ? null : acceleratorOf(binding);
    const key = bindingWords(binding);
    if (action === null) this.unmatched.push(`Key ${key}: ${words}`);
    else if (accelerator === null)
      this.unmatched.push(`Key ${key}: ${words} (choose a function key, or one with Ctrl or Alt)`);
    // One key that mutes and unmutes in OBS is two entries there.
    else if (this.taken[accelerator] === undefined && !Object.values(this.taken).includes(action))
      this.taken[accelerator] = action;
    else if (this.taken[accelerator] !== action)
      this.unmatched.push(`Key ${key}: ${words} (here a key does one thing, and a thing has one key)`);
  }

  /** Those of one source or scene, by its id here. */
  takeOf(
    hotkeys: ObsHotkeys,
    of: { readonly name: string; readonly id: string; readonly isScene: boolean },
  ): void {
    for (const [what, bindings] of Object.entries(hotkeys)) {
      const action = ACTIONS.find(([name, forScene]) => name === what && forScene === of.isScene)?.[2];
      for (const binding of bindings)
        this.take(binding, action ? `${action}:${of.id}` : null, `“${of.name}”, ${wordsOf(what)}`);
    }
  }
}

const ACTIONS = [
  ["OBSBasic.SelectScene", true, "scene"],
  ["libobs.mute", false, "mute"],
  ["libobs.unmute", false, "mute"],
  ["libobs.push-to-talk", false, "talk"],
  ["libobs.push-to-mute", false, "talk"],
] as const;

/** `libobs.show_scene_item.3` → `show scene item` */
const wordsOf = (what: string): string =>
  what
    .replace(/^(OBSBasic|libobs)\./, "")
    .replace(/\.\d+$/, "")
    .replaceAll(/[_-]/g, " ")
    .replaceAll(/([a-z])([A-Z])/g, "$1 $2")
    .toLowerCase();

const PROFILE_ACTIONS: Readonly<Record<string, string>> = {
  "OBSBasic.StartStreaming": "live",
  "OBSBasic.StopStreaming": "end",
  "OBSBasic.StartRecording": "record",
  "OBSBasic.StopRecording": "record",
  "ReplayBuffer.Save": "replay",
  "OBSBasic.Transition": "take",
};

/** Those of a profile's `[Hotkeys]`: each line is JSON, under its own name or under `bindings`. */
export const profileHotkeys = (section: ReadonlyMap<string, string> | undefined): HotkeyImport => {
  const found = new HotkeyImport();
  for (const [name, json] of section ?? []) {
    const parsed = obsHotkeysSchema.safeParse(jsonOf(json));
    for (const [inner, bindings] of Object.entries(parsed.data ?? {})) {
      const what = inner === "bindings" ? name : inner;
      for (const binding of bindings) found.take(binding, PROFILE_ACTIONS[what] ?? null, wordsOf(what));
    }
  }
  return found;
};

const jsonOf = (text: string): unknown => {
  try {
    return JSON.parse(text);
  } catch {
    return {};
  }
};
