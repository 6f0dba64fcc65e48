import { type SoundSettings, type StudioDocument, soundSchema } from "../../../model/document.ts";
import type { StripSettings } from "./dsp/channel-strip.ts";

/** What decides, besides the document, whether a source is heard. */
export interface Moment {
  /** Sources of the scenes that the programme shows. */
  readonly shown: ReadonlySet<string>;
  readonly panic: boolean;
  /** Sources whose talk key is held down. */
  readonly talking: ReadonlySet<string>;
}

export interface Audible {
  readonly sound: SoundSettings;
  /** Somewhere in the programme: its device runs, and its meter moves. */
  readonly wanted: boolean;
  readonly strip: StripSettings;
}

const CAN_SOUND: ReadonlySet<string> = new Set(["microphone", "desktop-audio", "video", "guest", "browser"]);

/** Chromium gives a film's sound to Web Audio so much before it shows the picture of the same time (Electron 33). */
const FILM_SOUND_EARLY_MS = 45;

/** Every source of the document that can be heard, and how it is heard now. */
export function audible(document: StudioDocument, { shown, panic, talking }: Moment): Map<string, Audible> {
  const all = Object.values(document.sources).filter(
    ({ settings, sound }) =>
      CAN_SOUND.has(settings.kind) &&
      // A shared screen's sound comes with the voice of whose it is, so that nobody is heard twice.
      !(settings.kind === "guest" && settings.shows === "screen") &&
      sound !== undefined,
  );
  const anySolo = all.some(({ sound }) => sound?.solo);
  return new Map(
    all.map(({ id, settings, sound = soundSchema.parse({}) }) => {
      const wanted = document.globalSound.includes(id) || shown.has(id);
      const held = talking.has(id);
      const hushed = (sound.talkKey === "push" && !held) || (sound.talkKey === "cough" && held);
      const muted = sound.muted || hushed || (anySolo && !sound.solo);
      const { volumeDb, pan, mono, offsetMs, filters } = sound;
      const silent = panic || muted || !wanted;
      const early = settings.kind === "video" ? FILM_SOUND_EARLY_MS : 0;
      return [
        id,
        { sound, wanted, strip: { volumeDb, pan, mono, filters, silent, offsetMs: offsetMs + early } },
      ];
    }),
  );
}
