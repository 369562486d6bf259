import type { RotationMatrix } from "../../src/index.js";
import { CELL, FRAGMENT, VERTEX } from "./shaders.js";

/** A volume whose surface is drawn, x fastest, as whole numbers of 16 bits. */
export interface Voxels {
  readonly data: Uint16Array;
  readonly shape: readonly [sections: number, rows: number, columns: number];
}

/** How a surface is seen. */
export interface Sight {
  /** The stored number at which the surface lies. */
  readonly level: number;
  readonly turn: RotationMatrix;
  /** Pixels of the drawn picture to a voxel. */
  readonly scale: number;
  /** Where the middle of the picture is, in voxels from the middle of the volume. */
  readonly middle: readonly [x: number, y: number];
}

const FULL = 65_535;
const UNIFORMS = ["volume", "cells", "count", "canvasSize", "scale", "middle", "turn", "level"] as const;

/** Draws a volume's surface by following a ray for each pixel, with WebGL 2. */
export class Caster {
  private constructor(
    private readonly gl: WebGL2RenderingContext,
    private readonly places: Readonly<Record<(typeof UNIFORMS)[number], WebGLUniformLocation | null>>,
    private readonly shape: Voxels["shape"],
  ) {}

  /** @returns undefined where the browser has no WebGL 2 @throws Error where it refuses the volume or the program */
  static of(canvas: HTMLCanvasElement, { data, shape }: Voxels): Caster | undefined {
    const gl = canvas.getContext("webgl2", { antialias: false, depth: false });
    if (!gl) return undefined;
    const most = gl.getParameter(gl.MAX_3D_TEXTURE_SIZE) as number;
    if (Math.max(...shape) > most)
      throw new Error(`WebGL takes no more than ${most} voxels along an edge here`);
    const program = programOf(gl);
    gl.useProgram(program);
    const values = new Float32Array(data.length);
    // Float32Array.from would call back for each of up to 17 million
    for (let i = 0; i < data.length; i++) values[i] = data[i]! / FULL;
    const { data: cells, shape: cellShape } = greatestOfCells(values, shape);
    upload(gl, 0, values, shape, gl.LINEAR);
    upload(gl, 1, cells, cellShape, gl.NEAREST);
    const places = Object.fromEntries(UNIFORMS.map((name) => [name, gl.getUniformLocation(program, name)]));
    return new Caster(gl, places as Caster["places"], shape);
  }

  /** Draws a picture as large as the canvas. @returns the milliseconds that it took, once it is drawn */
  draw({ level, turn, scale, middle }: Sight): Promise<number> {
    const { gl, places, shape } = this;
    const start = performance.now();
    const { width, height } = gl.canvas;
    gl.viewport(0, 0, width, height);
    gl.uniform1i(places.volume, 0);
    gl.uniform1i(places.cells, 1);
    gl.uniform3f(places.count, shape[2], shape[1], shape[0]);
    gl.uniform2f(places.canvasSize, width, height);
    gl.uniform1f(places.scale, scale);
    gl.uniform2f(places.middle, ...middle);
    // WebGL takes columns first
    gl.uniformMatrix3fv(places.turn, true, turn);
    gl.uniform1f(places.level, level / FULL);
    gl.drawArrays(gl.TRIANGLES, 0, 3);
    const fence = gl.fenceSync(gl.SYNC_GPU_COMMANDS_COMPLETE, 0);
    gl.flush();
    return new Promise((resolve) => {
      const look = (): void => {
        const isDrawn =
          !fence || gl.isContextLost() || gl.getSyncParameter(fence, gl.SYNC_STATUS) === gl.SIGNALED;
        if (!isDrawn) return void setTimeout(look, 4);
        gl.deleteSync(fence);
        resolve(performance.now() - start);
      };
      setTimeout(look);
    });
  }

  /** Gives the memory of the card back. */
  free(): void {
    this.gl.getExtension("WEBGL_lose_context")?.loseContext();
  }
}

function programOf(gl: WebGL2RenderingContext): WebGLProgram {
  const program = gl.createProgram();
  const kinds = [
    [gl.VERTEX_SHADER, VERTEX],
    [gl.FRAGMENT_SHADER, FRAGMENT],
  ] as const;
  for (const [kind, text] of kinds) {
    const shader = gl.createShader(kind)!;
    gl.shaderSource(shader, text);
    gl.compileShader(shader);
    gl.attachShader(program, shader);
  }
  gl.linkProgram(program);
  if (gl.getProgramParameter(program, gl.LINK_STATUS)) return program;
  const said = gl.getAttachedShaders(program)?.map((shader) => gl.getShaderInfoLog(shader));
  throw new Error(`WebGL refuses the drawing of surfaces: ${said?.join(" ") ?? ""}`);
}

/** Half floats: WebGL 2 interpolates these everywhere, floats only with an extension, and bytes would show as terraces. */
function upload(
  gl: WebGL2RenderingContext,
  unit: number,
  data: Float32Array,
  [sections, rows, columns]: Voxels["shape"],
  filter: number,
): void {
  gl.activeTexture(gl.TEXTURE0 + unit);
  gl.bindTexture(gl.TEXTURE_3D, gl.createTexture());
  gl.texImage3D(gl.TEXTURE_3D, 0, gl.R16F, columns, rows, sections, 0, gl.RED, gl.FLOAT, data);
  gl.texParameteri(gl.TEXTURE_3D, gl.TEXTURE_MIN_FILTER, filter);
  gl.texParameteri(gl.TEXTURE_3D, gl.TEXTURE_MAG_FILTER, filter);
  for (const axis of [gl.TEXTURE_WRAP_S, gl.TEXTURE_WRAP_T, gl.TEXTURE_WRAP_R]) {
    gl.texParameteri(gl.TEXTURE_3D, axis, gl.CLAMP_TO_EDGE);
  }
  if (gl.getError() !== gl.NO_ERROR) throw new Error("WebGL has no memory for a map of this size");
}

/** The greatest value in each cell of CELL voxels along an edge, the voxels about it included: interpolation reaches them. */
export function greatestOfCells(
  data: Float32Array,
  shape: Voxels["shape"],
): { readonly data: Float32Array; readonly shape: Voxels["shape"] } {
  const [sections, rows, columns] = shape;
  const [depth, height, width] = shape.map((count) => Math.ceil(count / CELL)) as [number, number, number];
  const out = new Float32Array(width * height * depth);
  /** The cells that hold a voxel or lie beside it. */
  const cellsAt = (at: number, count: number): readonly number[] => {
    const own = Math.floor(at / CELL);
    if (at % CELL === 0 && own > 0) return [own - 1, own];
    return at % CELL === CELL - 1 && own + 1 < count ? [own, own + 1] : [own];
  };
  const across = Array.from({ length: columns }, (_, x) => cellsAt(x, width));
  for (let z = 0, i = 0; z < sections; z++) {
    for (let y = 0; y < rows; y++) {
      const lines = cellsAt(z, depth).flatMap((w) => cellsAt(y, height).map((v) => (w * height + v) * width));
      for (let x = 0; x < columns; x++, i++) {
        const value = data[i]!;
        for (const line of lines) {
          for (const u of across[x]!) if (value > out[line + u]!) out[line + u] = value;
        }
      }
    }
  }
  return { data: out, shape: [depth, height, width] };
}
