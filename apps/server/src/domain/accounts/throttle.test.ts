import { describe, expect, it } from "vitest";
import { AttemptThrottle } from "./throttle.ts";

describe("AttemptThrottle", () => {
  let now = 0;
  const clock = { monotonicMs: () => now };
  const make = (maxNames?: number) => {
    now = 1_000;
    return new AttemptThrottle({
      limit: 2,
      windowMs: 60_000,
      clock,
      ...(maxNames === undefined ? {} : { maxNames }),
    });
  };

  it("lets so many through in a window, then says how long to wait", () => {
    const throttle = make();
    expect(throttle.attempt("a")).toBeUndefined();
    now += 10_000;
    expect(throttle.attempt("a")).toBeUndefined();
    expect(throttle.attempt("a")).toBe(50);
    expect(throttle.attempt("b")).toBeUndefined();
    now += 50_000;
    expect(throttle.attempt("a")).toBeUndefined();
    expect(throttle.attempt("a")).toBe(10);
  });

  it("does not count what is forgiven or cleared", () => {
    const throttle = make();
    for (let n = 0; n < 10; n++) {
      expect(throttle.attempt("a")).toBeUndefined();
      throttle.forgive("a");
    }
    throttle.attempt("a");
    throttle.attempt("a");
    throttle.clear("a");
    expect(throttle.attempt("a")).toBeUndefined();
  });

  it("remembers a bounded number of names, the latest ones", () => {
    const throttle = make(2);
    for (const name of ["a", "a", "b", "b", "c"]) throttle.attempt(name);
    expect(throttle.attempt("b")).toBeDefined();
    expect(throttle.attempt("a")).toBeUndefined();
  });
});
