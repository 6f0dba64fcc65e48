import { join } from "node:path";
import { type BrowserWindow, type Rectangle, screen } from "electron";
import { z } from "zod";
import { LazyWriter, readText } from "../system/json-file.ts";

const schema = z.object({
  x: z.number().int(),
  y: z.number().int(),
  width: z.number().int().min(400),
  height: z.number().int().min(300),
  maximised: z.boolean(),
});
type Placement = z.infer<typeof schema>;

export const DEFAULT_SIZE = { width: 1280, height: 800 };

/** Where the window was; a place on a display that has gone since is not used. */
export class WindowState implements AsyncDisposable {
  readonly #writer: LazyWriter;

  private constructor(
    private readonly known: Placement | undefined,
    path: string,
    onFault: (error: unknown) => void,
  ) {
    this.#writer = new LazyWriter(path, onFault);
  }

  static async read(folder: string, onFault: (error: unknown) => void): Promise<WindowState> {
    const path = join(folder, "window.json");
    const text = await readText(path).catch(() => undefined);
    let known: Placement | undefined;
    try {
      known = text === undefined ? undefined : schema.parse(JSON.parse(text));
    } catch {
      // Only a place on the screen: a broken one is as good as none.
    }
    return new WindowState(known, path, onFault);
  }

  bounds(): Partial<Rectangle> & { readonly width: number; readonly height: number } {
    const { known } = this;
    if (known === undefined) return DEFAULT_SIZE;
    const { x, y, width, height } = known;
    const area = screen.getDisplayMatching({ x, y, width, height }).workArea;
    const isSeen =
      x < area.x + area.width - 100 &&
      x + width > area.x + 100 &&
      y >= area.y &&
      y < area.y + area.height - 50;
    return isSeen ? { x, y, width, height } : DEFAULT_SIZE;
  }

  get isMaximised(): boolean {
    return this.known?.maximised ?? false;
  }

  follow(window: BrowserWindow): void {
    const keep = () => {
      if (window.isDestroyed() || window.isMinimized()) return;
      const placement: Placement = { ...window.getNormalBounds(), maximised: window.isMaximized() };
      this.#writer.write(JSON.stringify(placement));
    };
    window.on("resize", keep);
    window.on("move", keep);
    window.on("close", keep);
  }

  [Symbol.asyncDispose](): Promise<void> {
    return this.#writer[Symbol.asyncDispose]();
  }
}
