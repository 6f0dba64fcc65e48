import { inspect } from "node:util";
import { describe, expect, it } from "vitest";
import { StreamKey } from "../../stream/stream-key.ts";
import { KeyCipher } from "./key-cipher.ts";

const cipher = (fill: number) =>
  new KeyCipher({ keyEncryption: Buffer.alloc(32, fill), hmac: Buffer.alloc(32, fill) });
const key = new StreamKey("fl_secret");

describe("KeyCipher", () => {
  it("opens what it sealed, and seals differently each time", () => {
    const [one, two] = [cipher(1).seal(key, "channel"), cipher(1).seal(key, "channel")];
    expect(cipher(1).open(one, "channel").reveal()).toBe("fl_secret");
    expect(Buffer.compare(one, two)).not.toBe(0);
  });

  it("opens nothing for another channel, under another secret, or of other bytes", () => {
    const sealed = cipher(1).seal(key, "channel");
    expect(() => cipher(1).open(sealed, "other")).toThrow();
    expect(() => cipher(2).open(sealed, "channel")).toThrow();
    for (const at of [0, 5, 20, sealed.length - 1]) {
      const bent = Buffer.from(sealed);
      bent[at] = (bent[at] ?? 0) ^ 1;
      expect(() => cipher(1).open(bent, "channel")).toThrow();
    }
    expect(() => cipher(1).open(sealed.subarray(0, 10), "channel")).toThrow();
  });

  it("looks up by a keyed hash", () => {
    expect(cipher(1).lookup(key)).toMatch(/^[0-9a-f]{64}$/);
    expect(cipher(1).lookup(key)).toBe(cipher(1).lookup(new StreamKey("fl_secret")));
    expect(cipher(1).lookup(key)).not.toBe(cipher(2).lookup(key));
  });
});

it("a stream key says nothing of itself", () => {
  for (const text of [String(key), `${key}`, JSON.stringify({ key }), inspect({ key })]) {
    expect(text).not.toContain("secret");
  }
});
