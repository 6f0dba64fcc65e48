import type { SourceSettings } from "../../../model/document.ts";
import { CapturedSource } from "./captured-source.ts";
import { ColourSource } from "./colour-source.ts";
import { openVideo } from "./devices.ts";
import { ImageSource } from "./image-source.ts";
import type { PictureSource, SourceContext } from "./picture-source.ts";
import { TestPictureSource } from "./test-picture-source.ts";
import { TextSource } from "./text-source.ts";
import { VideoSource } from "./video-source.ts";

/** Undefined for what is only heard, and for nested scenes, which the compositor draws itself. */
export function makePictureSource(
  settings: SourceSettings,
  world: SourceContext,
  canvasFps: () => number,
): PictureSource | undefined {
  switch (settings.kind) {
    case "colour":
      return new ColourSource(world, settings);
    case "test-picture":
      return new TestPictureSource(world);
    case "text":
      return new TextSource(world, settings);
    case "image":
      return new ImageSource(world, settings);
    case "camera":
    case "display":
    case "window":
      return new CapturedSource(world, settings, (wanted) => openVideo(wanted, canvasFps()));
    case "video":
      return new VideoSource(world, settings);
    case "slideshow":
    case "browser":
    case "guest":
    case "microphone":
    case "desktop-audio":
    case "scene":
      return undefined;
  }
}
