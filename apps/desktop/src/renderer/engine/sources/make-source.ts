import type { SourceSettings } from "../../../model/document.ts";
import type { SceneView } from "../compositor/compositor.ts";
import type { Guests } from "../stage-call/guests.ts";
import { CapturedSource } from "./captured-source.ts";
import { ColourSource } from "./colour-source.ts";
import { openVideo } from "./devices.ts";
import { GuestSource } from "./guest-source.ts";
import { ImageSource } from "./image-source.ts";
import type { PageLinks } from "./page-links.ts";
import { PageSource } from "./page-source.ts";
import type { PictureSource, SourceContext } from "./picture-source.ts";
import { SceneSource } from "./scene-source.ts";
import { SlideshowSource } from "./slideshow-source.ts";
import { TestPictureSource } from "./test-picture-source.ts";
import { TextSource } from "./text-source.ts";
import { VideoSource } from "./video-source.ts";
import type { WindowFinder } from "./window-finder.ts";

interface Surroundings {
  canvasFps(): number;
  view(sceneId: string): SceneView | undefined;
  readonly guests: Pick<Guests, "watch">;
  readonly pages: PageLinks;
  readonly windows: WindowFinder;
}

/** Undefined for what is only heard. */
export function makePictureSource(
  settings: SourceSettings,
  world: SourceContext,
  { canvasFps, view, guests, pages, windows }: Surroundings,
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
      return new CapturedSource(world, settings, (wanted) => openVideo(wanted, canvasFps()));
    case "window":
      return new CapturedSource(world, settings, async () => {
        const windowId = await windows.find(world.id);
        return await openVideo({ ...settings, windowId }, canvasFps());
      });
    case "video":
      return new VideoSource(world, settings);
    case "slideshow":
      return new SlideshowSource(world, settings);
    case "scene":
      return new SceneSource(world, settings, view);
    case "browser":
      return new PageSource(world, settings, pages);
    case "guest":
      return new GuestSource(world, settings, guests);
    case "microphone":
    case "desktop-audio":
      return undefined;
  }
}
