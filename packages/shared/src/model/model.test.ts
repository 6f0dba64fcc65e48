import { describe, expect, it } from "vitest";
import { StreamId, Username } from "./ids.ts";
import { DEFAULT_LADDER, Ladder } from "./ladder.ts";
import { Tags } from "./stream.ts";

describe("Username", () => {
  it.each(["abc", "a_1", "x".repeat(25)])("takes %s", (name) => {
    expect(Username.safeParse(name).success).toBe(true);
  });
  it.each(["ab", "x".repeat(26), "Abc", "a-b", "a b", "ä_ö", "abc\n", ""])("refuses %j", (name) => {
    expect(Username.safeParse(name).success).toBe(false);
  });
});

describe("StreamId", () => {
  it.each(["../../etc", "a/b/c/d/e", "short", "x".repeat(65), "with space"])("refuses %j", (id) => {
    expect(StreamId.safeParse(id).success).toBe(false);
  });
});

describe("DEFAULT_LADDER", () => {
  it("is a ladder: best first, names unique, its lowest rung always on", () => {
    expect(Ladder.parse(DEFAULT_LADDER)).toEqual(DEFAULT_LADDER);
    const bitrates = DEFAULT_LADDER.map((rung) => rung.bitrateBps);
    expect(bitrates).toEqual([...bitrates].sort((a, b) => b - a));
    expect(new Set(DEFAULT_LADDER.map((rung) => rung.name)).size).toBe(DEFAULT_LADDER.length);
    expect(DEFAULT_LADDER.at(-1)?.alwaysOn).toBe(true);
  });
});

describe("Tags", () => {
  it("takes words of any script in small letters, and no markup", () => {
    expect(Tags.parse([" Música ", "日本語"])).toEqual(["música", "日本語"]);
    expect(Tags.safeParse(["<b>"]).success).toBe(false);
    expect(Tags.safeParse(Array.from({ length: 11 }, (_, i) => `t${i}`)).success).toBe(false);
  });
});
