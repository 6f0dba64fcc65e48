import { expect, test } from "vitest";
import { acceleratorOf } from "./accelerator.ts";

const press = (
  key: string,
  code: string,
  held: Partial<Record<"ctrlKey" | "altKey" | "shiftKey" | "metaKey", boolean>> = {},
) => acceleratorOf({ key, code, ctrlKey: false, altKey: false, shiftKey: false, metaKey: false, ...held });

test("keys are named as Electron names them, by their place and not by what they write", () => {
  expect(press("F9", "F9")).toBe("F9");
  expect(press("!", "Digit1", { ctrlKey: true, shiftKey: true })).toBe("Control+Shift+1");
  expect(press("ArrowUp", "ArrowUp", { altKey: true })).toBe("Alt+Up");
  expect(press("7", "Numpad7")).toBe("num7");
});

test("a key that people write with is not taken from them", () => {
  expect(press("a", "KeyA")).toBeNull();
  expect(press("A", "KeyA", { shiftKey: true })).toBeNull();
  expect(press("Control", "ControlLeft", { ctrlKey: true })).toBeNull();
});
