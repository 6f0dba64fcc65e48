import type { StudioDocument } from "../../../model/document.ts";
import type { FrameTime } from "../clock/frame-clock.ts";
import type { Composed } from "../encode/picture-encode.ts";
import { clearCanvas } from "../sources/picture-source.ts";
import type { SourceSet } from "../sources/source-set.ts";
import type { Compositor, SceneView, Showing } from "./compositor.ts";
import { drawLayer } from "./draw-layer.ts";
import { type Cue, Programme } from "./programme.ts";
import { ScaledPictures } from "./scaled-pictures.ts";
import { SceneBook } from "./scene-book.ts";
import type { StingerDeck } from "./stinger-deck.ts";

/** How long a picture is waited for. */
const SNAPSHOT_MS = 1_000;
const SNAPSHOT_STEP_MS = 40;

interface Clocks {
  now(): number;
  wallMs(): number;
}

/** From the document and the time to a picture: the programme, and what is prepared beside it. */
export class Stage {
  readonly #book: SceneBook;
  readonly #programme = new Programme();
  readonly #scaled: ScaledPictures;
  readonly #previewScaled: ScaledPictures;
  #document: StudioDocument | undefined;
  #previewShown = false;
  #shownKey = "";
  #elapsedMs = 0;
  /** What snapshots are being taken of. */
  readonly #photographed: Set<string>[] = [];

  constructor(
    private readonly sources: SourceSet,
    private readonly compositor: Compositor,
    private readonly preview: Compositor,
    private readonly stingers: StingerDeck,
    private readonly clocks: Clocks,
    /** The sources of what the programme shows; after each change of it, and of the document. */
    private readonly onShown: (sourceIds: ReadonlySet<string>) => void,
  ) {
    this.#book = new SceneBook(sources);
    this.#scaled = new ScaledPictures(clocks.now);
    this.#previewScaled = new ScaledPictures(clocks.now);
  }

  get panicking(): boolean {
    return this.#programme.panicking;
  }

  view(sceneId: string): SceneView | undefined {
    return this.#book.view(sceneId);
  }

  /** Lets what a scene shows move on, whether anybody sees it or not; nothing is woken for it. */
  advance(sceneId: string, { ptsUs }: FrameTime): void {
    const moment = { elapsedMs: ptsUs / 1_000, wallMs: this.clocks.wallMs() };
    this.#book.advance(this.#book.sourcesOf([sceneId]), moment);
  }

  setDocument(document: StudioDocument): void {
    this.#document = document;
    this.sources.reconcile(document);
    this.#book.setDocument(document);
    this.compositor.resize(document.canvas);
    this.preview.resize(document.canvas);
    this.#scaled.changed(this.compositor.picture());
    this.#previewScaled.changed(this.preview.picture());
    this.#programme.follow(document, this.clocks.now());
    this.stingers.prepare(document.transition);
    this.#shownKey = "";
    this.#wake(this.#programme.at(this.clocks.now()));
  }

  panic(on: boolean): void {
    this.#programme.panic(on);
    this.#wake(this.#programme.at(this.clocks.now()));
  }

  /** Whether the scene that is prepared is looked at. */
  showPreview(shown: boolean): void {
    this.#previewShown = shown;
  }

  compose({ ptsUs }: FrameTime): Composed | undefined {
    if (this.#document === undefined) return undefined;
    const cue = this.#programme.at(this.clocks.now());
    const wallMs = this.clocks.wallMs();
    const ids = this.#wake(cue);
    this.#elapsedMs = ptsUs / 1_000;
    this.#book.advance(ids, { elapsedMs: this.#elapsedMs, wallMs });
    const changed = this.compositor.compose(this.#showing(cue));
    if (changed) this.#scaled.changed(this.compositor.picture());
    return {
      ...{ ptsUs, captureMs: this.#captureMs(ids) ?? wallMs, version: this.#scaled.version },
      scaled: (width, height) => this.#scaled.get(width, height),
      pixels: (width, height) => this.#scaled.pixels(width, height),
    };
  }

  /** The preview; undefined where nothing is prepared. Its sources were advanced by `compose`. */
  composePreview(): Pick<Composed, "version" | "pixels"> | undefined {
    const scene = this.#previewScene();
    if (scene === undefined) return undefined;
    if (this.preview.compose({ kind: "scene", scene })) this.#previewScaled.changed(this.preview.picture());
    return {
      version: this.#previewScaled.version,
      pixels: (width, height) => this.#previewScaled.pixels(width, height),
    };
  }

  /**
   * A scene or a source as it is now, see-through where nothing lies; one that nobody sees is woken for it, and has a
   * moment to get its picture.
   */
  async snapshot(of: { readonly kind: "scene" | "source"; readonly id: string }) {
    const ids = of.kind === "scene" ? this.#book.sourcesOf([of.id]) : new Set([of.id]);
    this.#photographed.push(ids);
    this.#wake(this.#programme.at(this.clocks.now()));
    const until = this.clocks.now() + SNAPSHOT_MS;
    const lacks = () => [...ids].some((id) => this.sources.get(id)?.picture() === undefined);
    do {
      await new Promise((resolve) => setTimeout(resolve, SNAPSHOT_STEP_MS));
      this.#book.advance(ids, { elapsedMs: this.#elapsedMs, wallMs: this.clocks.wallMs() });
    } while (lacks() && this.clocks.now() < until);
    const picture = this.#pictureOf(of);
    this.#photographed.splice(this.#photographed.indexOf(ids), 1);
    this.#wake(this.#programme.at(this.clocks.now()));
    return picture;
  }

  #pictureOf({ kind, id }: { kind: "scene" | "source"; id: string }): OffscreenCanvas | undefined {
    const content = kind === "source" ? this.sources.get(id) : undefined;
    const size = kind === "source" ? content?.size : this.#document?.canvas;
    if (size === undefined) return undefined;
    const context = clearCanvas(size);
    const picture = content?.picture();
    if (picture !== undefined) context.drawImage(picture, 0, 0, size.width, size.height);
    for (const layer of (kind === "scene" && this.#book.view(id)?.layers) || [])
      drawLayer(context, layer, true);
    return context.canvas;
  }

  close(): void {
    this.sources.close();
    this.stingers.close();
    this.compositor.close();
    this.preview.close();
  }

  #previewScene() {
    const id = this.#document?.previewSceneId;
    return id === undefined || id === null ? undefined : this.#book.view(id);
  }

  /** Wakes what is seen and lets the rest sleep. */
  #wake(cue: Cue): Set<string> {
    const scenes = cue.kind === "mix" ? [cue.from, cue.to] : cue.sceneId === null ? [] : [cue.sceneId];
    const preview = this.#document?.previewSceneId ?? null;
    const ids = this.#book.sourcesOf(this.#previewShown && preview !== null ? [...scenes, preview] : scenes);
    this.sources.want(new Set([ids, ...this.#photographed].flatMap((some) => [...some])));
    const key = `${scenes} ${this.#programme.panicking}`;
    if (key !== this.#shownKey) {
      this.#shownKey = key;
      this.onShown(this.#book.sourcesOf(scenes));
    }
    return ids;
  }

  #showing(cue: Cue): Showing {
    if (cue.kind !== "stinger") this.stingers.rest();
    if (cue.kind === "mix") {
      const [from, to] = [this.#book.view(cue.from), this.#book.view(cue.to)];
      if (from !== undefined && to !== undefined) return { ...cue, from, to };
      return { kind: "blank" };
    }
    const scene = cue.sceneId === null ? undefined : this.#book.view(cue.sceneId);
    if (scene === undefined) return { kind: "blank" };
    if (cue.kind === "scene") return { kind: "scene", scene };
    const stinger = this.stingers.at(cue, () => this.#programme.stingerEnded());
    return stinger === undefined ? { kind: "scene", scene } : { kind: "under", scene, stinger };
  }

  #captureMs(ids: ReadonlySet<string>): number | undefined {
    let newest: number | undefined;
    for (const id of ids) {
      const captureMs = this.sources.get(id)?.captureMs;
      if (captureMs !== undefined) newest = Math.max(newest ?? 0, captureMs);
    }
    return newest;
  }
}
