import { stat, writeFile } from "node:fs/promises";
import { dirname, isAbsolute } from "node:path";
import { z } from "zod";
import type { EngineQuestions } from "../processes/engine-questions.ts";
import type { DocumentDesk } from "./document-desk.ts";
import { RequestFault, status } from "./messages.ts";
import { findSource, ofSource } from "./names.ts";
import { type RequestKind, request } from "./requests.ts";

export type EngineDesk = Pick<EngineQuestions, "ask">;

export const IMAGE_TYPES = {
  png: "image/png",
  jpg: "image/jpeg",
  jpeg: "image/jpeg",
  webp: "image/webp",
} as const;

const px = z.number().int().min(8).max(4096);
const shotSchema = ofSource.extend({
  imageFormat: z.enum(["png", "jpg", "jpeg", "webp"]),
  imageWidth: px.optional(),
  imageHeight: px.optional(),
  /** 0 to 100; −1 is whatever is usual. */
  imageCompressionQuality: z.number().int().min(-1).max(100).default(-1),
});

/** Pictures of scenes and inputs, on air or not. */
export function screenshotRequests(document: DocumentDesk, engine: EngineDesk): Record<string, RequestKind> {
  const shoot = async (wish: z.infer<typeof shotSchema>): Promise<string> => {
    const found = findSource(document.document, wish);
    const quality = wish.imageCompressionQuality;
    const answer = await engine.ask({
      about: "picture",
      of: "scene" in found ? { kind: "scene", id: found.scene.id } : { kind: "source", id: found.input.id },
      width: wish.imageWidth ?? null,
      height: wish.imageHeight ?? null,
      type: IMAGE_TYPES[wish.imageFormat],
      quality: quality < 0 ? null : quality / 100,
    });
    if (answer === null)
      throw new RequestFault(status.requestProcessingFailed, "there is no picture of it now");
    return answer.base64;
  };
  return {
    GetSourceScreenshot: request(shotSchema, async (wish) => ({
      imageData: `data:image/${wish.imageFormat};base64,${await shoot(wish)}`,
    })),
    SaveSourceScreenshot: request(
      shotSchema.extend({ imageFilePath: z.string().min(1).max(4096) }),
      async ({ imageFilePath, ...wish }) => {
        const folder = await stat(dirname(imageFilePath)).catch(() => undefined);
        if (!isAbsolute(imageFilePath) || !folder?.isDirectory())
          throw new RequestFault(status.resourceNotFound, "there is no such folder");
        const bytes = Buffer.from(await shoot(wish), "base64");
        // Nothing that is there is written over.
        await writeFile(imageFilePath, bytes, { flag: "wx" }).catch(() => {
          throw new RequestFault(status.requestProcessingFailed, "the file cannot be written");
        });
        return undefined;
      },
    ),
  };
}
