import { join } from "node:path";
import { type BrowserWindow, type Rectangle, screen } from "electron";
import { z } from "zod";
import { LazyWriter, readText } from "../system/json-file.ts";

const schema = z.object({
  x: z.number().int(),
  y: z.number().int(),
  width: z.number().int().min(100),
  height: z.number().int().min(80),
  maximised: z.boolean(),
});
type Placement = z.infer<typeof schema>;

interface Size {
  readonly width: number;
  readonly height: number;
}

/** Where the window was; a place on a display that has gone since is not used. */
export class WindowState implements AsyncDisposable {
  readonly #writer: LazyWriter;

  private constructor(
    private readonly known: Placement | undefined,
    private readonly usual: Size,
    path: string,
    onFault: (error: unknown) => void,
  ) {
    this.#writer = new LazyWriter(path, onFault);
  }

  /** `name` tells the studio's windows apart; `usual` is the size of one that was never open. */
  static async read(
    folder: string,
    name: string,
    usual: Size,
    onFault: (error: unknown) => void,
  ): Promise<WindowState> {
    const path = join(folder, `${name}.json`);
    const text = await readText(path).catch(() => undefined);
    let known: Placement | undefined;
    try {
      known = text === undefined ? undefined : schema.parse(JSON.parse(text));
    } catch {
      // Only a place on the screen: a broken one is as good as none.
    }
    return new WindowState(known, usual, path, onFault);
  }

  bounds(): Partial<Rectangle> & Size {
    const { known, usual } = this;
    if (known === undefined) return usual;
    const { x, y, width, height } = known;
    const area = screen.getDisplayMatching({ x, y, width, height }).workArea;
    const isSeen =
      x < area.x + area.width - 100 &&
      x + width > area.x + 100 &&
      y >= area.y &&
      y < area.y + area.height - 50;
    return isSeen ? { x, y, width, height } : usual;
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
