import type { StudioSettings } from "../../contract/studio-topics.ts";
import type { Capturable } from "../../model/default-document.ts";
import type { StudioDocument } from "../../model/document.ts";
import { importObs } from "../../model/obs/import-obs.ts";
import { type ObsProfile, type ObsProfileFiles, readObsProfile } from "../../model/obs/obs-profile.ts";
import { readDocument } from "../../model/read-document.ts";
import type { DocumentKeeper } from "./document-keeper.ts";

export type ImportedFile =
  | {
      readonly result: "collection";
      readonly document: StudioDocument;
      readonly unmatched: readonly string[];
    }
  | { readonly result: "profile"; readonly profile: ObsProfile }
  | { readonly result: "unreadable"; readonly cause: "broken" | "future" | "unknown" };

/** With what lies beside it: what a file that somebody wants to import is: a collection of ours or of OBS, or a profile of OBS. */
export const importFile = (
  text: string,
  canvas: StudioDocument["canvas"],
  capturable: Capturable,
  beside: ObsProfileFiles = {},
): ImportedFile => {
  const profile = readObsProfile(text, beside);
  if (profile) return { result: "profile", profile };
  const ours = readDocument(text);
  if (ours.result === "document") return { result: "collection", document: ours.document, unmatched: [] };
  if (ours.result === "future") return { result: "unreadable", cause: "future" };
  const json = parsed(text);
  const theirs = importObs(json, canvas, capturable);
  if (theirs) return { result: "collection", ...theirs };
  return { result: "unreadable", cause: json === undefined ? "unknown" : "broken" };
};

const parsed = (text: string): unknown => {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
};

/** The studio's picture as a profile has it; what it does not say stays. */
export const withProfile = (video: StudioSettings["video"], profile: ObsProfile): StudioSettings["video"] => {
  const size = profile.output ?? profile.canvas;
  return {
    ...video,
    ...size,
    ...(profile.fps !== null && { fps: profile.fps }),
    ...(profile.bitrateBps !== null && { bitrateBps: profile.bitrateBps }),
  };
};

/** Where recordings go and what they are, and how long replays are; a folder that is not on this machine is not taken. */
export const withRecording = (
  recording: StudioSettings["recording"],
  { recording: theirs, replayS }: ObsProfile,
  isFolder: (path: string) => boolean,
): StudioSettings["recording"] => ({
  ...recording,
  ...(theirs.container !== null && { container: theirs.container }),
  ...(theirs.folder !== null && isFolder(theirs.folder) && { folder: theirs.folder }),
  ...(replayS !== null && { replayS: Math.min(600, Math.max(5, Math.round(replayS))) }),
});

/** A profile's keys into the open document; in words, those that do something else there already. */
export const takeHotkeys = (keeper: Pick<DocumentKeeper, "do">, hotkeys: ObsProfile["hotkeys"]): string[] =>
  Object.entries(hotkeys).flatMap(([accelerator, action]) =>
    keeper.do({ kind: "hotkey", action, accelerator }) === null
      ? []
      : [`Key ${accelerator} (${action}): it does something else here already`],
  );
