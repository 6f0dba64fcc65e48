import type { Page } from "playwright-core";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { Axe } from "../../web-viewer/e2e/axe.ts";
import { shows } from "../../web-viewer/e2e/watch-tools.ts";
import { placeOf } from "../src/model/panels/layout.ts";
import type { PanelId } from "../src/model/panels/panels.ts";
import { Studio } from "./launch.ts";

let studio: Studio;
/** The one before the restart, with which the profile goes. */
let before: Studio | undefined;
let page: Page;
let axe: Axe;

beforeAll(async () => {
  [studio, axe] = await Promise.all([Studio.launch(), Axe.read()]);
  page = studio.page;
  await page.getByRole("heading", { name: "Scenes", exact: true }).waitFor();
});
afterAll(async () => {
  await studio?.[Symbol.asyncDispose]();
  await before?.[Symbol.asyncDispose]();
});

const panel = (name: string, on = page) => on.getByRole("region", { name, exact: true });
const arrange = async (name: string, what: string) => {
  await page.getByRole("button", { name: `Arrange ${name}` }).press("Enter");
  const item = page.getByRole("menuitem", { name: what }).or(page.getByRole("menuitemradio", { name: what }));
  await item.press("Enter");
};
const place = async (id: PanelId) => {
  const { dock, stack } = placeOf(await studio.topic("layout"), id);
  return `${dock}: ${stack.panels.join("+")}`;
};
/** As a person chooses it in the View menu, which Playwright cannot open. */
const viewMenu = (label: string) =>
  studio.app.evaluate(({ Menu }, wanted) => {
    const view = Menu.getApplicationMenu()?.items.find((item) => item.label === "&View");
    const item = view?.submenu?.items.find((each) => each.label === wanted);
    if (!item) throw new Error(`no ${wanted} in the menu`);
    item.click();
    return item.checked;
  }, label);
const panelPage = async (id: PanelId): Promise<Page> => {
  const find = () => studio.app.windows().find((each) => each.url().endsWith(`?panel=${id}`));
  await expect.poll(find, { timeout: 10_000 }).toBeDefined();
  return find() as Page;
};

describe("a panel", () => {
  it("is moved by its menu, into another dock and into the tabs of another one", async () => {
    await arrange("Scenes", "Below the stage");
    await shows(() => place("scenes"), "the place").toBe("bottom: scenes");
    const focused = () => page.evaluate(() => document.activeElement?.getAttribute("aria-label"));
    await shows(focused, "what the keyboard is at").toBe("Arrange Scenes");
    await arrange("Scenes", "A tab of Mixer");
    await shows(() => place("scenes"), "the place").toBe("bottom: mixer+scenes");
    await page.getByRole("tab", { name: "Scenes" }).waitFor();
    await page.getByRole("tab", { name: "Scenes" }).press("ArrowLeft");
    await panel("Mixer").getByText("What is sent").waitFor();
    await axe.expectClean(page, "panels as tabs", [{ width: 1024, height: 700 }]);
  });

  it("is moved by dragging its tab or its header", async () => {
    const sources = panel("Sources");
    await page.getByRole("tab", { name: "Scenes" }).dragTo(sources, { targetPosition: { x: 60, y: 4 } });
    await shows(() => place("scenes"), "the place").toBe("left: scenes");
    const header = panel("Scenes").getByRole("heading");
    const box = await panel("Mixer").boundingBox();
    await header.dragTo(panel("Mixer"), { targetPosition: { x: (box?.width ?? 0) - 10, y: 60 } });
    await shows(() => place("scenes"), "the place").toBe("bottom: scenes");
    await shows(async () => (await panel("Scenes").boundingBox())?.x ?? 0, "its left edge").toBeGreaterThan(
      (box?.width ?? 0) * 0.4,
    );
  });

  it("is made larger by keyboard, and stays so", async () => {
    const splitter = page.getByRole("separator", { name: "Divides the left panels and the stage" });
    const width = async () => (await panel("Sources").boundingBox())?.width ?? 0;
    const narrow = await width();
    await splitter.focus();
    for (let press = 0; press < 2; press++) await page.keyboard.press("ArrowRight");
    await shows(width, "the width").toBeGreaterThan(narrow + 20);
    await shows(async () => (await studio.topic("layout")).docks.left.size, "kept").toBeGreaterThan(18);
  });

  it("is closed by its menu, and opened by the View menu", async () => {
    await arrange("Sources", "Close");
    await shows(() => panel("Sources").count(), "panels called Sources").toBe(0);
    await viewMenu("Sources");
    await panel("Sources").getByText("Test picture").waitFor();
  });
});

describe("a detached panel", () => {
  it("is a window that shares what is selected, and hears main", async () => {
    await arrange("Sources", "In a window of its own");
    const window = await panelPage("sources");
    await shows(() => panel("Sources").count(), "docked panels called Sources").toBe(0);
    await window.getByRole("button", { name: "Test picture", exact: true }).click();
    await panel("Properties").getByText("Turned").waitFor();
    await window.getByRole("button", { name: "Hide Test picture" }).click();
    await window.getByRole("button", { name: "Show Test picture" }).waitFor();
    const item = async () => (await studio.topic("document")).scenes[0]?.items[0]?.visible;
    expect(await item()).toBe(false);
    await window.getByRole("button", { name: "Show Test picture" }).click();
    await shows(item, "visible").toBe(true);
  });

  it("is a window again at the next start, where it was", async () => {
    // More than once, for a display server that lags says again where the window was before.
    const moved = async () => {
      await studio.app.evaluate(({ BrowserWindow }) => {
        const window = BrowserWindow.getAllWindows().find((each) =>
          each.webContents.getURL().endsWith("?panel=sources"),
        );
        window?.setBounds({ x: 40, y: 60, width: 420, height: 510 });
      });
      return JSON.parse(await studio.readProfile("panel-sources.json").catch(() => "{}")).width;
    };
    await expect.poll(moved, { timeout: 5_000, interval: 500 }).toBe(420);
    await studio.close();
    before = studio;
    studio = await Studio.launch({ profile: before.profile, args: [] });
    page = studio.page;
    await (await panelPage("sources")).getByRole("heading", { name: "Sources" }).waitFor();
    const bounds = await studio.app.evaluate(({ BrowserWindow }) =>
      BrowserWindow.getAllWindows()
        .find((each) => each.webContents.getURL().endsWith("?panel=sources"))
        ?.getBounds(),
    );
    expect(bounds).toMatchObject({ width: 420, height: 510 });
    expect(await place("scenes")).toBe("bottom: scenes");
  });

  it("is docked again when its window is closed or its page dies", async () => {
    const window = await panelPage("sources");
    await window.getByRole("button", { name: "Back into the studio's window" }).click();
    await panel("Sources").waitFor();
    await arrange("Sources", "In a window of its own");
    await panelPage("sources");
    await studio.app.evaluate(({ BrowserWindow }) => {
      const all = BrowserWindow.getAllWindows();
      all.find((each) => each.webContents.getURL().endsWith("?panel=sources"))?.close();
    });
    await panel("Sources").waitFor();
    await arrange("Sources", "In a window of its own");
    await panelPage("sources");
    await studio.app.evaluate(({ BrowserWindow }) => {
      const all = BrowserWindow.getAllWindows();
      all
        .find((each) => each.webContents.getURL().endsWith("?panel=sources"))
        ?.webContents.forcefullyCrashRenderer();
    });
    await panel("Sources").waitFor();
    await viewMenu("Put panels back where they were");
    await shows(() => place("scenes"), "the place").toBe("left: scenes");
  });
});
