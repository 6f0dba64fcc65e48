import type { Page } from "playwright-core";
import { beforeAll, expect, it } from "vitest";
import type { Item, Shown } from "./engine-page/compositors.ts";
import type { EnginePage } from "./engine-page/engine-page.ts";

export function compositorsCases(engineOf: () => EnginePage): void {
  let engine: EnginePage;
  let page: Page;
  beforeAll(async () => {
    engine = engineOf();
    page = await engine.page.context().newPage();
    await page.goto(new URL("compositors.html", engine.page.url()).href);
    await page.waitForFunction(() => "compareCompositors" in globalThis);
  });

  const COLOURS = ["#ff0000", "#00ff00", "#2040c0", "#e0e0e0"] as const;
  const ground: Item = { quarters: ["#808040", "#204060", "#c0a0ff", "#301010"], transform: {} };
  const over = (transform: Item["transform"], quarters: Item["quarters"] = COLOURS): Shown => ({
    ...{ kind: "scene", items: [ground, { quarters, transform }] },
  });
  const SEE_THROUGH: Item["quarters"] = ["#ff000080", "#00ff0040", "#2040c0c0", "#e0e0e000"];

  const cases: Record<string, Shown> = {
    "lies in a corner": over({ x: 16, y: 9, width: 32, height: 18 }),
    turned: over({ rotationDeg: 90, width: 36, height: 64 }),
    "turned a little": over({ rotationDeg: 30, width: 40, height: 30 }),
    "flipped both ways": over({ flipX: true, flipY: true }),
    cropped: over({ crop: { left: 0.5, top: 0, right: 0, bottom: 0.5 } }),
    "half there": over({ opacity: 0.5 }),
    "see-through": over({}, SEE_THROUGH),
    added: over({ blend: "add" }),
    multiplied: over({ blend: "multiply" }),
    screened: over({ blend: "screen" }),
    darkened: over({ blend: "darken" }),
    lightened: over({ blend: "lighten" }),
    "multiplied and see-through": over({ blend: "multiply" }, SEE_THROUGH),
    faded: {
      kind: "mix",
      from: [ground],
      to: [{ quarters: COLOURS, transform: {} }],
      how: { kind: "fade" },
      progress: 0.25,
    },
    "sliding from the top": {
      ...{ kind: "mix", from: [ground], to: [{ quarters: COLOURS, transform: {} }], progress: 0.75 },
      how: { kind: "slide", from: "top" },
    },
    "sliding from the left": {
      ...{ kind: "mix", from: [ground], to: [{ quarters: COLOURS, transform: {} }], progress: 0.25 },
      how: { kind: "slide", from: "left" },
    },
  };

  it("draw the same in memory and on the GPU", async () => {
    const apart: Record<string, number> = {};
    for (const [name, shown] of Object.entries(cases)) {
      const result = await page.evaluate((shown) => compareCompositors(shown), shown);
      expect(new Set(result.drawn).size, name).toBeGreaterThan(4);
      apart[name] = result.apart;
    }
    expect(Object.entries(apart).filter(([, most]) => most > 3)).toEqual([]);
  });
}
