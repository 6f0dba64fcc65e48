import { expect, it } from "vitest";
import { WindowBook } from "./window-book.ts";

const wanted = { kind: "window", windowId: "window:1:0", title: "Game" } as const;

it("finds a window by its number while it is the same one, and else by its name", async () => {
  let windows = [{ id: "window:1:0", name: "Game" }];
  const book = new WindowBook(async () => windows);
  expect(await book.find(wanted)).toBe("window:1:0");
  windows = [{ id: "window:1:0", name: "Game: level 2" }];
  expect(await book.find(wanted)).toBe("window:1:0");
  windows = [];
  expect(await book.find(wanted)).toBeNull();
  windows = [{ id: "window:7:0", name: "Game" }];
  expect(await book.find(wanted)).toBe("window:7:0");
});

it("takes no other window for it that was given its number", async () => {
  const windows = [{ id: "window:1:0", name: "Bank" }];
  const book = new WindowBook(async () => windows);
  expect(await book.find(wanted)).toBeNull();
  expect(await book.find({ ...wanted, title: "" })).toBeNull();
  const unreadable = new WindowBook(() => Promise.reject(new Error("no portal")));
  expect(await unreadable.find(wanted)).toBeNull();
  const portal = new WindowBook(async () => null);
  expect(await portal.find(wanted)).toBe("window:1:0");
});
