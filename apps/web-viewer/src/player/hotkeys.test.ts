import { describe, expect, it } from "vitest";
import { commandFor } from "./hotkeys.ts";

const key = (name: string, facts: Partial<Parameters<typeof commandFor>[0]> = {}) =>
  commandFor({
    key: name,
    modified: false,
    tag: "body",
    role: null,
    editable: false,
    inPlayer: false,
    ...facts,
  });

describe("commandFor", () => {
  it("takes letters anywhere on the page", () => {
    expect(key("k")).toBe("toggle");
    expect(key("M")).toBe("mute");
    expect(key("f")).toBe("fullscreen");
    expect(key("t")).toBe("theatre");
    expect(key("i")).toBe("pip");
    expect(key(" ")).toBe("toggle");
    expect(key("j")).toBe("back-10");
    expect(key("L")).toBe("forward-10");
  });
  it("leaves typing, shortcuts and unused keys alone", () => {
    expect(key("k", { tag: "input" })).toBeNull();
    expect(key("k", { editable: true })).toBeNull();
    expect(key("f", { modified: true })).toBeNull();
    expect(key("x")).toBeNull();
  });
  it("leaves a focused button its space, a slider and a menu their arrows", () => {
    expect(key(" ", { tag: "button" })).toBeNull();
    for (const name of ["ArrowUp", "ArrowLeft", "Home", "End"])
      expect(key(name, { inPlayer: true, role: "slider" })).toBeNull();
    expect(key("k", { inPlayer: true, role: "slider" })).toBe("toggle");
    expect(key("ArrowDown", { inPlayer: true, role: "menuitemradio" })).toBeNull();
  });
  it("takes arrows only inside the player, so that the page still scrolls", () => {
    expect(key("ArrowUp")).toBeNull();
    expect(key("ArrowUp", { inPlayer: true })).toBe("louder");
    expect(key("ArrowLeft")).toBeNull();
    expect(key("ArrowLeft", { inPlayer: true })).toBe("back-5");
    expect(key("Home")).toBeNull();
  });
});
