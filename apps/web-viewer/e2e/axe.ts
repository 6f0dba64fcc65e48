import { readFile } from "node:fs/promises";
import { createRequire } from "node:module";
import type { AxeResults } from "axe-core";
import type { Page } from "playwright-core";
import { expect } from "vitest";

const SIZES = [
  { width: 1440, height: 900 },
  { width: 390, height: 844 },
];
const SCHEMES = ["dark", "light"] as const;

/** Holds pages against axe's rules. */
export class Axe {
  private constructor(private readonly script: string) {}

  static async read(): Promise<Axe> {
    // As text, into each page: our content policy lets no foreign script in by its address.
    return new Axe(await readFile(createRequire(import.meta.url).resolve("axe-core/axe.min.js"), "utf8"));
  }

  /** One visit, each size dark and light: the page follows the window and the system's colours by itself. */
  async expectClean(page: Page, what: string, sizes = SIZES): Promise<void> {
    await page.evaluate(this.script);
    for (const viewport of sizes) {
      await page.setViewportSize(viewport);
      for (const colorScheme of SCHEMES) {
        await page.emulateMedia({ colorScheme, reducedMotion: "reduce" });
        // Colours fade into each other for a moment.
        await page.waitForFunction(() =>
          document
            .getAnimations()
            .every((one) => !(one instanceof CSSTransition) || one.playState === "finished"),
        );
        expect(await breaches(page), `${what} ${viewport.width} ${colorScheme}`).toEqual([]);
        const sideways = await page.evaluate(() => document.documentElement.scrollWidth > innerWidth);
        expect(sideways, `${what} scrolls sideways at ${viewport.width}`).toBe(false);
      }
    }
  }
}

/** Breaches of WCAG A and AA and of good practice, in words. */
async function breaches(page: Page): Promise<string[]> {
  const results: AxeResults = await page.evaluate("axe.run(document, { iframes: false })");
  if (results.passes.length < 10)
    throw new Error(`axe looked at next to nothing: ${results.passes.length} rules`);
  return results.violations.flatMap(({ id, help, nodes }) =>
    nodes.map(({ target, failureSummary }) => `${id} (${help}) at ${target.join(" ")}: ${failureSummary}`),
  );
}
