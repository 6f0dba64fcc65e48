import { expect, test } from "vitest";
import { RtmpFault } from "./rtmp-fault.ts";
import { backOffMs, judge, type Trouble } from "./verdict.ts";

const trouble = (over: Partial<Trouble> = {}): Trouble => ({
  tries: 1,
  sinceMs: 100,
  graceMs: 20_000,
  unsaid: 0,
  ...over,
});
const refusal = (code: "bad_key" | "key_in_use" | "rejected") =>
  new RtmpFault("refused", { refusal: { kind: "final", code, description: "no" } });

test("what may pass is tried again within the grace, and for ten seconds without one", () => {
  for (const code of ["unreachable", "timed_out", "connection_lost", "protocol"] as const) {
    expect(judge(new RtmpFault(code), trouble({ sinceMs: 19_000 })).kind).toBe("retry");
    expect(judge(new RtmpFault(code), trouble({ sinceMs: 21_000 }))).toMatchObject({
      kind: "over",
      state: { state: "failed", cause: code },
    });
    expect(judge(new RtmpFault(code), trouble({ graceMs: 0, sinceMs: 9_000 })).kind).toBe("retry");
  }
  const passing = new RtmpFault("refused", { refusal: { kind: "passing", description: "restarting" } });
  expect(judge(passing, trouble()).kind).toBe("retry");
});

test("a wrong key is final at once; one in use may be held by our own cut connection", () => {
  expect(judge(refusal("bad_key"), trouble())).toMatchObject({ kind: "over", state: { code: "bad_key" } });
  expect(judge(refusal("key_in_use"), trouble({ sinceMs: 2_000 })).kind).toBe("retry");
  expect(judge(refusal("key_in_use"), trouble({ sinceMs: 7_000 }))).toMatchObject({
    kind: "over",
    state: { code: "key_in_use", description: "no" },
  });
});

test("three times closed without a word is a no to the key", () => {
  expect(judge(new RtmpFault("closed_unsaid"), trouble({ unsaid: 2 })).kind).toBe("retry");
  expect(judge(new RtmpFault("closed_unsaid"), trouble({ unsaid: 3 }))).toMatchObject({
    state: { code: "bad_key" },
  });
});

test("what no time mends fails at once", () => {
  expect(judge(new RtmpFault("bad_address"), trouble())).toMatchObject({ state: { cause: "bad_address" } });
  expect(judge(new RtmpFault("untrusted"), trouble())).toMatchObject({ state: { cause: "untrusted" } });
});

test("the first retry is at once, later ones wait longer, within a fifth", () => {
  expect(backOffMs(1, 0.9)).toBe(0);
  expect([backOffMs(2, 0), backOffMs(2, 1)]).toEqual([400, 600]);
  expect(backOffMs(50, 0.5)).toBe(5_000);
});
