const VERTEX = `#version 300 es
uniform mat3 place;   // unit square → clip space
uniform vec4 part;    // of the texture: left, top, width, height
in vec2 corner;
out vec2 at;
void main() {
  at = part.xy + corner * part.zw;
  vec3 clip = place * vec3(corner, 1.0);
  gl_Position = vec4(clip.xy, 0.0, 1.0);
}`;

const FRAGMENT = `#version 300 es
precision mediump float;
uniform sampler2D picture;
uniform float opacity;
uniform float ground; // 1: what is see-through counts as white (for darken)
in vec2 at;
out vec4 colour;
void main() {
  vec4 texel = texture(picture, at) * opacity;
  colour = texel + ground * vec4(1.0 - texel.a);
}`;

export interface Quad {
  /** Column-major, from the unit square to clip space. */
  readonly place: Float32Array;
  readonly part: readonly [left: number, top: number, width: number, height: number];
  readonly opacity: number;
  readonly whiteGround: boolean;
}

/** Draws one textured quad; colours are premultiplied. */
export class GlProgram {
  readonly #program: WebGLProgram;
  readonly #place: WebGLUniformLocation | null;
  readonly #part: WebGLUniformLocation | null;
  readonly #opacity: WebGLUniformLocation | null;
  readonly #ground: WebGLUniformLocation | null;

  constructor(private readonly gl: WebGL2RenderingContext) {
    const program = gl.createProgram();
    for (const [type, source] of [
      [gl.VERTEX_SHADER, VERTEX],
      [gl.FRAGMENT_SHADER, FRAGMENT],
    ] as const) {
      const shader = gl.createShader(type);
      if (shader === null) throw new Error("the GPU is gone");
      gl.shaderSource(shader, source);
      gl.compileShader(shader);
      gl.attachShader(program, shader);
    }
    gl.bindAttribLocation(program, 0, "corner");
    gl.linkProgram(program);
    if (!gl.isContextLost() && gl.getProgramParameter(program, gl.LINK_STATUS) !== true)
      throw new Error(`the GPU took no shader: ${gl.getProgramInfoLog(program)}`);
    this.#program = program;
    this.#place = gl.getUniformLocation(program, "place");
    this.#part = gl.getUniformLocation(program, "part");
    this.#opacity = gl.getUniformLocation(program, "opacity");
    this.#ground = gl.getUniformLocation(program, "ground");
    gl.bindBuffer(gl.ARRAY_BUFFER, gl.createBuffer());
    gl.bufferData(gl.ARRAY_BUFFER, new Float32Array([0, 0, 1, 0, 0, 1, 1, 1]), gl.STATIC_DRAW);
    gl.enableVertexAttribArray(0);
    gl.vertexAttribPointer(0, 2, gl.FLOAT, false, 0, 0);
  }

  draw({ place, part, opacity, whiteGround }: Quad): void {
    const { gl } = this;
    // biome-ignore lint/correctness/useHookAtTopLevel: it is WebGL's word, not React's
    gl.useProgram(this.#program);
    gl.uniformMatrix3fv(this.#place, false, place);
    gl.uniform4f(this.#part, ...part);
    gl.uniform1f(this.#opacity, opacity);
    gl.uniform1f(this.#ground, whiteGround ? 1 : 0);
    gl.drawArrays(gl.TRIANGLE_STRIP, 0, 4);
  }
}
