import type { Transform } from "../../../model/document.ts";
import type { PictureSource, Size } from "../sources/picture-source.ts";

/** One visible item. The same object for as long as nothing of it changes but its content's version. */
export interface Layer {
  readonly id: string;
  readonly content: PictureSource;
  readonly transform: Transform;
}

/** A scene's visible items, from the bottom to the top. */
export interface SceneView {
  readonly id: string;
  readonly layers: readonly Layer[];
}

/** What the programme shows at a moment. */
export type Showing =
  | { readonly kind: "blank" }
  | { readonly kind: "scene"; readonly scene: SceneView }
  | {
      readonly kind: "mix";
      readonly from: SceneView;
      readonly to: SceneView;
      readonly how: { readonly kind: "fade" } | { readonly kind: "slide"; readonly from: SlideSide };
      /** 0: all of `from`, 1: all of `to`. */
      readonly progress: number;
    }
  | { readonly kind: "under"; readonly scene: SceneView; readonly stinger: PictureSource };
export type SlideSide = "left" | "right" | "top" | "bottom";

/** Paints the canvas of the broadcast, whatever somebody looks at. */
export interface Compositor {
  readonly kind: "canvas2d" | "webgl2";
  resize(size: Size): void;
  /** False where the picture is the last one again; nothing was drawn then. */
  compose(showing: Showing): boolean;
  /** The picture as it is, for drawing it elsewhere; valid until the next `compose`. */
  picture(): OffscreenCanvas;
  close(): void;
}
