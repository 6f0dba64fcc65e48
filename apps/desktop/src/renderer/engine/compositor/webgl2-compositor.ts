import type { Transform } from "../../../model/document.ts";
import type { PictureSource, Size } from "../sources/picture-source.ts";
import type { Compositor, Layer, SceneView, Showing } from "./compositor.ts";
import { placeOf } from "./gl-place.ts";
import { GlProgram } from "./gl-program.ts";

interface Texture {
  readonly texture: WebGLTexture;
  version: number;
  /** Counts compositions: what was not drawn in the last one is let go. */
  usedIn: number;
}

const WHOLE: Omit<Transform, "x" | "y" | "width" | "height"> = {
  ...{ rotationDeg: 0, flipX: false, flipY: false, opacity: 1, blend: "normal" },
  crop: { left: 0, top: 0, right: 0, bottom: 0 },
};

/** Drivers that have the processor do a GPU's work. */
const SOFTWARE = /swiftshader|llvmpipe|softpipe|basic render|software/i;

/** Whether a GPU draws; false where its work would be done by the processor, which Canvas 2D does better. */
export function hasGpu(): boolean {
  const gl = new OffscreenCanvas(16, 16).getContext("webgl2", { failIfMajorPerformanceCaveat: true });
  if (gl === null) return false;
  const names = gl.getExtension("WEBGL_debug_renderer_info");
  const renderer = String(gl.getParameter(names?.UNMASKED_RENDERER_WEBGL ?? gl.RENDERER));
  gl.getExtension("WEBGL_lose_context")?.loseContext();
  return !SOFTWARE.test(renderer);
}

/** Composes on the GPU. Pictures go there when they change, and only once. */
export class Webgl2Compositor implements Compositor {
  readonly kind = "webgl2";
  readonly #canvas = new OffscreenCanvas(16, 16);
  readonly #gl: WebGL2RenderingContext;
  #program: GlProgram;
  readonly #textures = new Map<PictureSource, Texture>();
  #second: { readonly frame: WebGLFramebuffer; readonly texture: WebGLTexture } | undefined;
  #drawn: { readonly layers: readonly Layer[]; readonly versions: readonly number[] } | undefined;
  #round = 0;

  constructor() {
    const gl = this.#canvas.getContext("webgl2", {
      ...{ alpha: false, antialias: false, depth: false, preserveDrawingBuffer: true },
      powerPreference: "high-performance",
    });
    if (gl === null) throw new Error("no WebGL2");
    this.#gl = gl;
    this.#program = this.#begin();
    // A driver that is reset (sleep, update) gives the context back; until then the last picture stands.
    this.#canvas.addEventListener("contextlost", (event) => event.preventDefault());
    this.#canvas.addEventListener("contextrestored", () => {
      this.#forget();
      this.#program = this.#begin();
    });
  }

  resize({ width, height }: Size): void {
    if (this.#canvas.width === width && this.#canvas.height === height) return;
    this.#canvas.width = width;
    this.#canvas.height = height;
    if (this.#second !== undefined) {
      this.#gl.deleteFramebuffer(this.#second.frame);
      this.#gl.deleteTexture(this.#second.texture);
      this.#second = undefined;
    }
    this.#drawn = undefined;
  }

  compose(showing: Showing): boolean {
    if (this.#gl.isContextLost() || this.#isSame(showing)) return false;
    this.#round += 1;
    switch (showing.kind) {
      case "blank":
        this.#scene({ id: "", layers: [] });
        break;
      case "scene":
        this.#scene(showing.scene);
        break;
      case "under":
        this.#scene(showing.scene);
        this.#layer({ id: "stinger", content: showing.stinger, transform: this.#filling() });
        break;
      case "mix":
        this.#mix(showing);
        break;
    }
    this.#gl.flush();
    for (const [content, { texture, usedIn }] of this.#textures) {
      if (usedIn === this.#round) continue;
      this.#gl.deleteTexture(texture);
      this.#textures.delete(content);
    }
    return true;
  }

  picture(): OffscreenCanvas {
    return this.#canvas;
  }

  close(): void {
    this.#forget();
    this.#gl.getExtension("WEBGL_lose_context")?.loseContext();
  }

  #isSame(showing: Showing): boolean {
    const layers =
      showing.kind === "scene" ? showing.scene.layers : showing.kind === "blank" ? [] : undefined;
    const before = this.#drawn;
    this.#drawn = layers && { layers, versions: layers.map(({ content }) => content.version) };
    return (
      before !== undefined &&
      layers?.length === before.layers.length &&
      layers.every((layer, i) => layer === before.layers[i] && layer.content.version === before.versions[i])
    );
  }

  #begin(): GlProgram {
    const { gl } = { gl: this.#gl };
    gl.enable(gl.BLEND);
    gl.pixelStorei(gl.UNPACK_PREMULTIPLY_ALPHA_WEBGL, true);
    gl.clearColor(0, 0, 0, 1);
    return new GlProgram(gl);
  }

  #forget(): void {
    for (const { texture } of this.#textures.values()) this.#gl.deleteTexture(texture);
    this.#textures.clear();
    this.#second = undefined;
    this.#drawn = undefined;
  }

  #scene({ layers }: SceneView): void {
    const gl = this.#gl;
    gl.viewport(0, 0, this.#canvas.width, this.#canvas.height);
    gl.clear(gl.COLOR_BUFFER_BIT);
    for (const layer of layers) this.#layer(layer);
  }

  #layer({ content, transform }: Layer): void {
    const { crop, opacity, blend } = transform;
    const [wide, tall] = [1 - crop.left - crop.right, 1 - crop.top - crop.bottom];
    if (wide <= 0 || tall <= 0 || opacity === 0 || !this.#bind(content)) return;
    this.#blend(blend);
    this.#program.draw({
      ...{ place: placeOf(transform, this.#canvas), part: [crop.left, crop.top, wide, tall] },
      ...{ opacity, whiteGround: blend === "darken" },
    });
  }

  /** For opaque pictures exactly what Canvas 2D makes; see-through ones lighten and darken a little differently. */
  #blend(blend: Transform["blend"]): void {
    const gl = this.#gl;
    gl.blendEquation(blend === "darken" ? gl.MIN : blend === "lighten" ? gl.MAX : gl.FUNC_ADD);
    const over = gl.ONE_MINUS_SRC_ALPHA;
    if (blend === "multiply") gl.blendFunc(gl.DST_COLOR, over);
    else if (blend === "screen") gl.blendFunc(gl.ONE, gl.ONE_MINUS_SRC_COLOR);
    else gl.blendFunc(gl.ONE, blend === "normal" ? over : gl.ONE);
  }

  /** False where there is no picture. */
  #bind(content: PictureSource): boolean {
    const gl = this.#gl;
    const picture = content.picture();
    if (picture === undefined || content.size === undefined) return false;
    let known = this.#textures.get(content);
    if (known === undefined) {
      known = { texture: this.#makeTexture(), version: Number.NaN, usedIn: 0 };
      this.#textures.set(content, known);
    }
    known.usedIn = this.#round;
    gl.bindTexture(gl.TEXTURE_2D, known.texture);
    if (known.version !== content.version) {
      gl.texImage2D(gl.TEXTURE_2D, 0, gl.RGBA, gl.RGBA, gl.UNSIGNED_BYTE, picture as TexImageSource);
      known.version = content.version;
    }
    return true;
  }

  #makeTexture(): WebGLTexture {
    const gl = this.#gl;
    const texture = gl.createTexture();
    gl.bindTexture(gl.TEXTURE_2D, texture);
    for (const side of [gl.TEXTURE_WRAP_S, gl.TEXTURE_WRAP_T])
      gl.texParameteri(gl.TEXTURE_2D, side, gl.CLAMP_TO_EDGE);
    for (const scaling of [gl.TEXTURE_MIN_FILTER, gl.TEXTURE_MAG_FILTER])
      gl.texParameteri(gl.TEXTURE_2D, scaling, gl.LINEAR);
    return texture;
  }

  #mix({ from, to, how, progress }: Extract<Showing, { kind: "mix" }>): void {
    const gl = this.#gl;
    const { width, height } = this.#canvas;
    this.#second ??= this.#makeSecond();
    gl.bindFramebuffer(gl.FRAMEBUFFER, this.#second.frame);
    this.#scene(to);
    gl.bindFramebuffer(gl.FRAMEBUFFER, null);
    this.#scene(from);
    gl.bindTexture(gl.TEXTURE_2D, this.#second.texture);
    this.#blend("normal");
    const rest = how.kind === "slide" ? 1 - progress : 0;
    const side = how.kind === "slide" ? how.from : undefined;
    const x = side === "left" ? -width : side === "right" ? width : 0;
    const y = side === "top" ? -height : side === "bottom" ? height : 0;
    const filling = this.#filling();
    const transform = { ...filling, x: filling.x + x * rest, y: filling.y + y * rest };
    this.#program.draw({
      // What was drawn there stands on its head.
      ...{ place: placeOf(transform, this.#canvas), part: [0, 1, 1, -1] },
      ...{ opacity: how.kind === "fade" ? progress : 1, whiteGround: false },
    });
  }

  #makeSecond() {
    const gl = this.#gl;
    const texture = this.#makeTexture();
    const { width, height } = this.#canvas;
    gl.texImage2D(gl.TEXTURE_2D, 0, gl.RGBA, width, height, 0, gl.RGBA, gl.UNSIGNED_BYTE, null);
    const frame = gl.createFramebuffer();
    gl.bindFramebuffer(gl.FRAMEBUFFER, frame);
    gl.framebufferTexture2D(gl.FRAMEBUFFER, gl.COLOR_ATTACHMENT0, gl.TEXTURE_2D, texture, 0);
    return { frame, texture };
  }

  #filling(): Transform {
    const { width, height } = this.#canvas;
    return { ...WHOLE, x: width / 2, y: height / 2, width, height };
  }
}
