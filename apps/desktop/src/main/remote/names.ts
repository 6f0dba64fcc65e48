import { z } from "zod";
import type { Item, Scene, Source, SourceKind, StudioDocument } from "../../model/document.ts";
import { RequestFault, status } from "./messages.ts";

/** How clients name scenes and inputs: by name or by id, which is our own. */
export const ofScene = z.object({ sceneName: z.string().optional(), sceneUuid: z.string().optional() });
export const ofInput = z.object({ inputName: z.string().optional(), inputUuid: z.string().optional() });

export function findScene(document: StudioDocument, wanted: z.infer<typeof ofScene>): Scene {
  if (wanted.sceneName === undefined && wanted.sceneUuid === undefined)
    throw new RequestFault(status.missingRequestField, "Parameter: sceneName");
  const found = document.scenes.find(({ id, name }) => id === wanted.sceneUuid || name === wanted.sceneName);
  if (found === undefined) throw new RequestFault(status.resourceNotFound, "no such scene");
  return found;
}

export function findInput(document: StudioDocument, wanted: z.infer<typeof ofInput>): Source {
  if (wanted.inputName === undefined && wanted.inputUuid === undefined)
    throw new RequestFault(status.missingRequestField, "Parameter: inputName");
  const all = Object.values(document.sources);
  const found = all.find(({ id, name }) => id === wanted.inputUuid || name === wanted.inputName);
  if (found === undefined) throw new RequestFault(status.resourceNotFound, "no such input");
  return found;
}

/** What plug-ins know these by. */
const KINDS: Readonly<Partial<Record<SourceKind, string>>> = {
  colour: "color_source_v3",
  display: "xshm_input",
  window: "xcomposite_input",
  camera: "v4l2_input",
  microphone: "pulse_input_capture",
  "desktop-audio": "pulse_output_capture",
  image: "image_source",
  slideshow: "slideshow",
  text: "text_ft2_source_v2",
  video: "ffmpeg_source",
  browser: "browser_source",
};
export const kindOf = (source: Source): string =>
  KINDS[source.settings.kind] ?? `footlight_${source.settings.kind.replaceAll("-", "_")}`;

/** Scene items have numbers in this protocol: each of ours is given one, for as long as the studio runs. */
export class ItemNumbers {
  readonly #numbers = new Map<string, number>();

  of(scene: Scene, item: Item): number {
    const key = `${scene.id}/${item.id}`;
    const number = this.#numbers.get(key) ?? this.#numbers.size + 1;
    this.#numbers.set(key, number);
    return number;
  }

  find(scene: Scene, number: number): Item {
    const found = scene.items.find((item) => this.of(scene, item) === number);
    if (found === undefined) throw new RequestFault(status.resourceNotFound, "no such scene item");
    return found;
  }
}
