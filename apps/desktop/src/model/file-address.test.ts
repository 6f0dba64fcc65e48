import { expect, test } from "vitest";
import { fileAddress, isPageAddress, pathOfAddress } from "./file-address.ts";

test("files have addresses on every system", () => {
  expect(fileAddress("/home/mira/my overlay #1.html")).toBe("file:///home/mira/my%20overlay%20%231.html");
  expect(fileAddress("C:\\overlays\\a b.html")).toBe("file:///C:/overlays/a%20b.html");
  for (const path of ["/home/mira/my overlay #1.html", "C:/overlays/a b.html"])
    expect(pathOfAddress(fileAddress(path))).toBe(path);
  expect(pathOfAddress("file:///a%zz")).toBe("/a%zz");
});

test("a page is on the web or a file, and nothing else", () => {
  const yes = ["https://example.org/overlay", "http://localhost:8080/", "file:///home/mira/a.html"];
  const no = [
    "",
    "https://",
    "example.org",
    "javascript:alert(1)",
    "app://studio/engine.html",
    "data:text/html,x",
  ];
  expect(yes.filter(isPageAddress)).toEqual(yes);
  expect(no.filter(isPageAddress)).toEqual([]);
});
