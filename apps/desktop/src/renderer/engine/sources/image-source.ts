import { fileUrl } from "../../../contract/engine-bridge.ts";
import type { SourceSettings } from "../../../model/document.ts";
import type { FrameMoment, PictureSource, Size, SourceContext, SourceFault } from "./picture-source.ts";

/** The whole picture of a file, or why there is none. */
export async function readImage(path: string): Promise<ImageBitmap | SourceFault> {
  const answer = await fetch(fileUrl(path)).catch(() => undefined);
  if (answer === undefined || !answer.ok) return "not_found";
  const blob = await answer.blob();
  const bitmap = await createImageBitmap(blob).catch(() => undefined);
  // Chromium makes bitmaps of everything but SVG, which only an element draws.
  return bitmap ?? (await readVector(blob)) ?? "unreadable";
}

async function readVector(blob: Blob): Promise<ImageBitmap | undefined> {
  const url = URL.createObjectURL(blob);
  try {
    const image = new Image();
    image.src = url;
    await image.decode();
    const resizeWidth = image.naturalWidth || 512;
    const resizeHeight = image.naturalHeight || 512;
    return await createImageBitmap(image, { resizeWidth, resizeHeight });
  } catch {
    return undefined;
  } finally {
    URL.revokeObjectURL(url);
  }
}

export class ImageSource implements PictureSource {
  readonly captureMs = undefined;
  #path = "";
  #bitmap: ImageBitmap | undefined;
  #version = 0;
  #closed = false;

  constructor(
    private readonly world: SourceContext,
    settings: SourceSettings,
  ) {
    this.update(settings);
  }

  get size(): Size | undefined {
    return this.#bitmap;
  }

  get version(): number {
    return this.#version;
  }

  picture(): CanvasImageSource | undefined {
    return this.#bitmap;
  }

  advance(_moment: FrameMoment): void {}

  update(settings: SourceSettings): boolean {
    if (settings.kind !== "image") return false;
    if (settings.path === this.#path) return true;
    this.#path = settings.path;
    this.world.report({ state: "starting" });
    void this.#read(settings.path);
    return true;
  }

  setWanted(_wanted: boolean): void {}

  close(): void {
    this.#closed = true;
    this.#bitmap?.close();
    this.#bitmap = undefined;
  }

  async #read(path: string): Promise<void> {
    const read = await readImage(path);
    const late = this.#closed || path !== this.#path;
    if (typeof read === "string") {
      if (!late) this.world.report({ state: "failed", code: read });
    } else if (late) {
      read.close();
    } else {
      // The old picture stays until there is a new one.
      this.#bitmap?.close();
      this.#bitmap = read;
      this.#version += 1;
      this.world.report({ state: "live", width: read.width, height: read.height });
    }
  }
}
