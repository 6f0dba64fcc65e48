import {
  type BrowserWindow,
  nativeTheme,
  type Point,
  type Rectangle,
  type Size,
  screen,
  type WebContents,
} from "electron";
import { attach } from "../../model/panels/layout.ts";
import { type PanelId, panelKind } from "../../model/panels/panels.ts";
import type { LayoutKeeper } from "./layout-keeper.ts";
import { openPage, pageUrl } from "./page.ts";
import { WindowState } from "./window-state.ts";

/** From a window's corner to where its title is held. */
const HELD = { x: 60, y: 12 } as const;

interface Events {
  /** Where the studio's own window is. */
  readonly around: () => Rectangle | undefined;
  readonly onCrash: (panel: PanelId, reason: string) => void;
  readonly onUnkept: (error: unknown) => void;
}

interface PanelWindow {
  readonly window: BrowserWindow;
  readonly state: WindowState;
}

/** A window for each detached panel: the control page once more, with one panel in it. Closing one docks its panel. */
export class PanelWindows implements AsyncDisposable {
  readonly #open = new Map<PanelId, PanelWindow>();
  /** One opening or closing after the other. */
  #work: Promise<void> = Promise.resolve();
  #isStarted = false;
  #isClosed = false;

  constructor(
    private readonly dist: string,
    private readonly folder: string,
    private readonly keeper: LayoutKeeper,
    private readonly events: Events,
  ) {}

  /** Opens the windows of panels that are detached, now and later. */
  start(): void {
    this.keeper.follow(({ detached }) => {
      this.#work = this.#work.then(() => this.#match(detached)).catch(this.events.onUnkept);
    });
  }

  isPage(contents: WebContents): boolean {
    return [...this.#open.values()].some(({ window }) => window.webContents === contents);
  }

  /** The one that has the keyboard. */
  get focused(): BrowserWindow | undefined {
    return [...this.#open.values()].find(({ window }) => window.isFocused())?.window;
  }

  async #match(detached: readonly PanelId[]): Promise<void> {
    for (const [id, { window, state }] of this.#open) {
      if (detached.includes(id)) continue;
      this.#open.delete(id);
      window.destroy();
      await state[Symbol.asyncDispose]();
    }
    // Those of the last session open where they were.
    const at = this.#isStarted ? this.#letGoAt() : undefined;
    this.#isStarted = true;
    for (const id of detached) {
      const known = this.#open.get(id);
      if (known === undefined && !this.#isClosed) await this.#detach(id, at);
    }
  }

  /** Outside of the studio's window the pointer stands where a panel was dragged to; its menu is inside. */
  #letGoAt(): Point | undefined {
    const at = screen.getCursorScreenPoint();
    const { x, y, width, height } = this.events.around() ?? { ...at, width: 1, height: 1 };
    return at.x >= x && at.y >= y && at.x < x + width && at.y < y + height ? undefined : at;
  }

  async #detach(id: PanelId, at: Point | undefined): Promise<void> {
    const { title, minimum, window: usual } = panelKind(id);
    const state = await WindowState.read(this.folder, `panel-${id}`, usual, this.events.onUnkept);
    const bounds = state.bounds();
    const window = openPage("control", this.dist, {
      ...bounds,
      ...(at && placeAt(at, bounds)),
      minWidth: minimum.width,
      minHeight: minimum.height,
      title: `${title} – Footlight Studio`,
      // The menu's keys work nevertheless.
      autoHideMenuBar: true,
      backgroundColor: nativeTheme.shouldUseDarkColors ? "#101014" : "#f7f6f4",
    });
    this.#open.set(id, { window, state });
    state.follow(window);
    const dock = () => {
      // A page that goes with the studio stays detached for the next start.
      if (!this.#isClosed) this.keeper.change((layout) => attach(layout, id));
    };
    window.once("ready-to-show", () => window.show());
    window.on("page-title-updated", (event) => event.preventDefault());
    window.on("close", (event) => {
      // Gone only when the layout has it so.
      event.preventDefault();
      dock();
    });
    window.webContents.on("render-process-gone", (_event, { reason }) => {
      this.events.onCrash(id, reason);
      dock();
    });
    void window.loadURL(`${pageUrl("control")}?panel=${id}`).catch(this.events.onUnkept);
  }

  /** They stay detached for the next start. */
  async [Symbol.asyncDispose](): Promise<void> {
    this.#isClosed = true;
    await this.#work;
    for (const { window, state } of this.#open.values()) {
      window.destroy();
      await state[Symbol.asyncDispose]();
    }
    this.#open.clear();
  }
}

/** Held by its title, and whole on the display. */
function placeAt({ x, y }: Point, { width, height }: Size): Point {
  const area = screen.getDisplayNearestPoint({ x, y }).workArea;
  const within = (wanted: number, from: number, length: number, own: number) =>
    Math.max(from, Math.min(wanted, from + length - own));
  return {
    x: within(x - HELD.x, area.x, area.width, width),
    y: within(y - HELD.y, area.y, area.height, height),
  };
}
