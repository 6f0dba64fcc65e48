import type { FromEngineControl } from "../../../contract/engine-control.ts";
import type { SourceSettings } from "../../../model/document.ts";

export interface Size {
  readonly width: number;
  readonly height: number;
}

export type SourceReport = Omit<Extract<FromEngineControl, { kind: "source" }>, "kind" | "id">;
export type SourceFault = NonNullable<SourceReport["code"]>;

export interface FrameMoment {
  /** Since the media epoch. */
  readonly elapsedMs: number;
  /** Since 1970. */
  readonly wallMs: number;
}

/** Where a source's picture comes from. The compositor draws what is there, and never waits for it. */
export interface PictureSource {
  /** Of the picture as it is; undefined until there is one. */
  readonly size: Size | undefined;
  /** Goes up with every new picture: what has not changed is not drawn again. */
  readonly version: number;
  /** Wall clock of the picture's capture; undefined for what is not captured. */
  readonly captureMs: number | undefined;
  picture(): CanvasImageSource | undefined;
  /** Before each frame in which it is seen. */
  advance(moment: FrameMoment): void;
  /** Takes changed settings over; false: it must be made anew. */
  update(settings: SourceSettings): boolean;
  /** Whether any scene that is shown has it: what is hidden costs nothing. */
  setWanted(wanted: boolean): void;
  close(): void;
}

/** What a source is made with. */
export interface SourceContext {
  readonly id: string;
  readonly canvas: Size;
  report(report: SourceReport): void;
}

export const opaqueCanvas = ({ width, height }: Size): OffscreenCanvasRenderingContext2D =>
  contextOf(new OffscreenCanvas(width, height), false);

export const clearCanvas = ({ width, height }: Size): OffscreenCanvasRenderingContext2D =>
  contextOf(new OffscreenCanvas(width, height), true);

/** `willReadFrequently` keeps a canvas in memory: without a GPU that is three to four times as fast. */
function contextOf(canvas: OffscreenCanvas, alpha: boolean): OffscreenCanvasRenderingContext2D {
  const context = canvas.getContext("2d", { willReadFrequently: true, alpha });
  if (context === null) throw new Error("no 2d context");
  return context;
}

/** A picture that a source paints itself, now and then. */
export abstract class PaintedSource implements PictureSource {
  protected context: OffscreenCanvasRenderingContext2D | undefined;
  #version = 0;

  constructor(protected readonly world: SourceContext) {}

  get version(): number {
    return this.#version;
  }

  get captureMs(): number | undefined {
    return undefined;
  }

  get size(): Size | undefined {
    return this.context?.canvas;
  }

  picture(): CanvasImageSource | undefined {
    return this.context?.canvas;
  }

  advance(_moment: FrameMoment): void {}

  abstract update(settings: SourceSettings): boolean;

  setWanted(_wanted: boolean): void {}

  close(): void {
    this.context = undefined;
  }

  protected painted(): void {
    this.#version += 1;
    if (this.#version === 1 && this.context !== undefined) this.reportLive();
  }

  protected reportLive(): void {
    if (this.context === undefined) return;
    const { width, height } = this.context.canvas;
    this.world.report({ state: "live", width, height });
  }
}
