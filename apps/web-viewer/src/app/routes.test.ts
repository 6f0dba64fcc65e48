import { RESERVED_USERNAMES } from "@footlight/shared";
import type { RouteObject } from "react-router";
import { describe, expect, it } from "vitest";
import { routesWith } from "./routes.tsx";

const pathsOf = (routes: readonly RouteObject[]): string[] =>
  routes.flatMap((route) => [...(route.path ? [route.path] : []), ...pathsOf(route.children ?? [])]);

describe("routes", () => {
  const words = pathsOf(routesWith({ channel: () => {} })).filter((path) => /^[a-z]/.test(path));
  it("are no usernames that somebody could take", () => {
    expect(words.length).toBeGreaterThan(5);
    for (const word of words) expect(RESERVED_USERNAMES, word).toContain(word.split("/")[0]);
  });
});
