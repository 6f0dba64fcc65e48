import { readFile } from "node:fs/promises";
import { createRequire } from "node:module";
import type { AxeResults } from "axe-core";
import type { Page } from "playwright-core";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { House } from "./house.ts";
import { signUpThrough } from "./sign-up.ts";
import { phaseIs, playing } from "./watch-tools.ts";

const SIZES = [
  { width: 1440, height: 900 },
  { width: 390, height: 844 },
];
const SCHEMES = ["dark", "light"] as const;

let house: House;
let axe: string;
let page: Page;
beforeAll(async () => {
  // As text, into each page: our content policy lets no foreign script in by its address.
  axe = await readFile(createRequire(import.meta.url).resolve("axe-core/axe.min.js"), "utf8");
  house = await House.open();
  const nora = await house.streamer("nora");
  await house.streamer("quiet");
  await house.goLive(nora, "Open house");
  ({ page } = await house.visit("/"));
});
afterAll(async () => {
  await house[Symbol.asyncDispose]();
});

/** Breaches of WCAG A and AA and of good practice, in words. */
async function breaches(): Promise<string[]> {
  const results: AxeResults = await page.evaluate("axe.run(document, { iframes: false })");
  if (results.passes.length < 10)
    throw new Error(`axe looked at next to nothing: ${results.passes.length} rules`);
  return results.violations.flatMap(({ id, help, nodes }) =>
    nodes.map(({ target, failureSummary }) => `${id} (${help}) at ${target.join(" ")}: ${failureSummary}`),
  );
}

/** One visit, four looks: the page follows the window and the system's colours by itself. */
async function expectClean(path: string, ready: () => Promise<unknown>): Promise<void> {
  await page.goto(house.server.url + path);
  await ready();
  await page.evaluate(axe);
  for (const viewport of SIZES) {
    await page.setViewportSize(viewport);
    for (const colorScheme of SCHEMES) {
      await page.emulateMedia({ colorScheme, reducedMotion: "reduce" });
      // Colours fade into each other for a moment.
      await page.waitForFunction(() =>
        document
          .getAnimations()
          .every((one) => !(one instanceof CSSTransition) || one.playState === "finished"),
      );
      expect(await breaches(), `${path} ${viewport.width} ${colorScheme}`).toEqual([]);
      const sideways = await page.evaluate(() => document.documentElement.scrollWidth > innerWidth);
      expect(sideways, `${path} scrolls sideways at ${viewport.width}`).toBe(false);
    }
  }
}

describe("axe finds nothing, wide and narrow, dark and light", () => {
  it("at home", () => expectClean("/", () => page.getByRole("link", { name: "Open house" }).waitFor()));
  it("on a live channel", () => expectClean("/nora", () => playing(page)));
  it("on a channel that is offline", () => expectClean("/quiet", () => phaseIs(page, "offline")));
  it("at the sign-in", () =>
    expectClean("/login", () => page.getByLabel("Password", { exact: true }).waitFor()));
  it("at the sign-up", () => expectClean("/signup", () => page.getByLabel("E-mail").waitFor()));
  it("on the dashboard and in the settings", async () => {
    await signUpThrough(page, house.server.url, "olga");
    await expectClean("/dashboard", () => page.getByTestId("reveal-key").waitFor());
    await expectClean("/settings", () => page.getByRole("heading", { level: 1 }).waitFor());
  });
});
