import { StageId } from "@footlight/shared";
import { describe, expect, it } from "vitest";
import {
  forgetGuestSession,
  type GuestSession,
  guestSessionOf,
  keepGuestSession,
  type TabStorage,
  takeLinkToken,
} from "./entry.ts";

const STAGE = StageId.parse("stage_12345");
const OTHER = StageId.parse("stage_67890");
const TOKEN = "abcdefghijklmnopqrstuvwxyz";

const storage = (): TabStorage & { readonly kept: Map<string, string> } => {
  const kept = new Map<string, string>();
  return {
    kept,
    getItem: (key) => kept.get(key) ?? null,
    setItem: (key, value) => void kept.set(key, value),
    removeItem: (key) => void kept.delete(key),
  };
};
const page = (hash: string) => {
  const hides: number[] = [];
  const seen = { hash, hides, hide: () => void hides.push(1) };
  return seen;
};

describe("takeLinkToken", () => {
  it("takes the token out of the address and keeps it for a reload of this stage only", () => {
    const tab = storage();
    const first = page(`#${TOKEN}`);
    expect(takeLinkToken(STAGE, first, tab)).toBe(TOKEN);
    expect(first.hides).toHaveLength(1);
    const reloaded = page("");
    expect(takeLinkToken(STAGE, reloaded, tab)).toBe(TOKEN);
    expect(reloaded.hides).toHaveLength(0);
    expect(takeLinkToken(OTHER, page(""), tab)).toBeNull();
  });
  it("takes away what is no token, too", () => {
    for (const hash of ["#", "#short", `#${TOKEN}&x=1`, `#${"a".repeat(200)}`]) {
      const broken = page(hash);
      expect(takeLinkToken(STAGE, broken, storage())).toBeNull();
      expect(broken.hides).toHaveLength(1);
    }
  });
});

describe("a guest's session", () => {
  const session = { guestToken: "secret", me: { name: "Ada" } } as unknown as GuestSession;

  it("takes the place of the link, until it is forgotten", () => {
    const tab = storage();
    takeLinkToken(STAGE, page(`#${TOKEN}`), tab);
    keepGuestSession(STAGE, session, tab);
    expect(takeLinkToken(STAGE, page(""), tab)).toBeNull();
    expect(guestSessionOf(STAGE, tab)).toEqual(session);
    expect(guestSessionOf(OTHER, tab)).toBeNull();
    forgetGuestSession(STAGE, tab);
    expect(guestSessionOf(STAGE, tab)).toBeNull();
    expect(tab.kept.size).toBe(0);
  });
  it("is none where somebody wrote nonsense", () => {
    for (const nonsense of ["{", "7", "null", "{}"]) {
      const tab = storage();
      keepGuestSession(STAGE, session, tab);
      for (const key of tab.kept.keys()) tab.setItem(key, nonsense);
      expect(guestSessionOf(STAGE, tab), nonsense).toBeNull();
    }
  });
});
