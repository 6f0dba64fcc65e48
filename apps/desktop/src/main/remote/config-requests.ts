import { stat } from "node:fs/promises";
import { isAbsolute } from "node:path";
import { z } from "zod";
import type { StudioSettings } from "../../contract/studio-topics.ts";
import type { Collections } from "../document/collections.ts";
import { act, type DocumentDesk } from "./document-desk.ts";
import { RequestFault, status } from "./messages.ts";
import { missing, name, nothing } from "./names.ts";
import { type RequestKind, request } from "./requests.ts";

export interface ConfigDesk {
  readonly collections: Pick<Collections, "all" | "current" | "create" | "open">;
  readonly settings: () => StudioSettings;
  readonly change: (change: Partial<StudioSettings>) => void;
  /** Whether anything of the picture is on its way to somebody, or to a file. */
  readonly isRunning: () => boolean;
}

/** The studio has one: what it remembers is not kept by profiles. */
const PROFILE = "Studio";

const size = z.number().int().min(16).multipleOf(2);
const videoSchema = z.object({
  fpsNumerator: z.number().int().min(1).optional(),
  fpsDenominator: z.number().int().min(1).optional(),
  baseWidth: size.max(7680).optional(),
  baseHeight: size.max(4320).optional(),
  outputWidth: size.max(7680).optional(),
  outputHeight: size.max(4320).optional(),
});

/** Collections, the picture's size and pace, and where recordings go. */
export function configRequests(document: DocumentDesk, desk: ConfigDesk): Record<string, RequestKind> {
  const find = (wanted: string) => desk.collections.all.find((each) => each.name === wanted);
  return {
    GetSceneCollectionList: request(nothing, () => ({
      currentSceneCollectionName: desk.collections.current.name,
      sceneCollections: desk.collections.all.map((each) => each.name),
    })),
    SetCurrentSceneCollection: request(z.object({ sceneCollectionName: name }), async (wanted) => {
      const found = find(wanted.sceneCollectionName);
      if (!found) throw new RequestFault(status.resourceNotFound, "there is no such collection");
      const fault = await desk.collections.open(found.id);
      if (fault !== null) throw new RequestFault(status.requestProcessingFailed, `its file is ${fault}`);
      return undefined;
    }),
    CreateSceneCollection: request(z.object({ sceneCollectionName: name.max(110) }), async (wanted) => {
      if (find(wanted.sceneCollectionName))
        throw new RequestFault(status.resourceAlreadyExists, "there is a collection of that name");
      await desk.collections.create(wanted.sceneCollectionName);
      return undefined;
    }),

    GetProfileList: request(nothing, () => ({ currentProfileName: PROFILE, profiles: [PROFILE] })),
    SetCurrentProfile: request(z.object({ profileName: name }), ({ profileName }) => {
      if (profileName !== PROFILE)
        throw new RequestFault(status.resourceNotFound, "there is no such profile");
      return undefined;
    }),

    GetVideoSettings: request(nothing, () => {
      const { canvas } = document.document;
      const { video } = desk.settings();
      return {
        fpsNumerator: canvas.fps,
        fpsDenominator: 1,
        baseWidth: canvas.width,
        baseHeight: canvas.height,
        outputWidth: video.width,
        outputHeight: video.height,
      };
    }),
    SetVideoSettings: request(videoSchema, (wish) => {
      const { fpsNumerator, fpsDenominator, baseWidth, baseHeight, outputWidth, outputHeight } = wish;
      const paired = <A, B>(a: A | undefined, b: B | undefined): readonly [A, B] | undefined =>
        a === undefined || b === undefined ? undefined : [a, b];
      const rate = paired(fpsNumerator, fpsDenominator);
      const base = paired(baseWidth, baseHeight);
      const output = paired(outputWidth, outputHeight);
      if (!rate && !base && !output) throw missing("a pair of fps, base or output");
      if (desk.isRunning()) throw new RequestFault(status.outputRunning, "the picture is on its way");
      const { canvas } = document.document;
      // Ours runs at whole rates: 29.97 becomes 30.
      const fps = rate ? Math.min(120, Math.max(1, Math.round(rate[0] / rate[1]))) : canvas.fps;
      const [width, height] = base ?? [canvas.width, canvas.height];
      act(document, { kind: "canvas", canvas: { width, height, fps }, scaleItems: false });
      const { video } = desk.settings();
      desk.change({ video: { ...video, fps, ...(output && { width: output[0], height: output[1] }) } });
      return undefined;
    }),

    SetRecordDirectory: request(z.object({ recordDirectory: z.string().min(1).max(4096) }), async (wish) => {
      const { recordDirectory: folder } = wish;
      const isFolder =
        isAbsolute(folder) && ((await stat(folder).catch(() => undefined))?.isDirectory() ?? false);
      if (!isFolder) throw new RequestFault(status.resourceNotFound, "there is no such folder");
      desk.change({ recording: { ...desk.settings().recording, folder } });
      return undefined;
    }),
  };
}
