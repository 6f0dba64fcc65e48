import { expect, test } from "vitest";
import { DEFAULT_LOCK_OUT, LockOut } from "./lock-out.ts";

const setup = (policy = DEFAULT_LOCK_OUT) => {
  const clock = { now: 1_000, monotonicMs: () => clock.now };
  return { clock, lockOut: new LockOut(clock, policy) };
};

test("ten failures within a minute shut the address out for a minute, others not", () => {
  const { clock, lockOut } = setup();
  for (let i = 0; i < 9; i++) {
    lockOut.failed("192.0.2.1");
    clock.now += 2_000;
  }
  expect(lockOut.lockedForMs("192.0.2.1")).toBe(0);
  lockOut.failed("192.0.2.1");
  expect(lockOut.lockedForMs("192.0.2.1")).toBe(60_000);
  expect(lockOut.lockedForMs("192.0.2.2")).toBe(0);
  // What comes during the lock does not prolong it.
  clock.now += 30_000;
  lockOut.failed("192.0.2.1");
  expect(lockOut.lockedForMs("192.0.2.1")).toBe(30_000);
  clock.now += 30_000;
  expect(lockOut.lockedForMs("192.0.2.1")).toBe(0);
});

test("nine in a minute, for ever, are no reason", () => {
  const { clock, lockOut } = setup();
  for (let i = 0; i < 200; i++) {
    lockOut.failed("192.0.2.1");
    clock.now += 6_700;
    expect(lockOut.lockedForMs("192.0.2.1")).toBe(0);
  }
});

test("an IPv6 /64 is one", () => {
  const { lockOut } = setup({ ...DEFAULT_LOCK_OUT, failures: 2 });
  lockOut.failed("2001:db8::1");
  lockOut.failed("2001:db8:0:0:aaaa::2");
  expect(lockOut.lockedForMs("2001:db8::3")).toBeGreaterThan(0);
  expect(lockOut.lockedForMs("2001:db8:0:1::3")).toBe(0);
  lockOut.failed("::1");
  lockOut.failed("::1");
  expect(lockOut.lockedForMs("::1")).toBeGreaterThan(0);
});

test("memory is bounded, the longest without a failure goes first", () => {
  const { lockOut } = setup({ ...DEFAULT_LOCK_OUT, failures: 2, maxAddresses: 3 });
  for (const address of ["a", "b", "c", "a", "d"]) lockOut.failed(address);
  expect(lockOut.size).toBe(3);
  expect(lockOut.lockedForMs("a")).toBeGreaterThan(0);
  lockOut.failed("b");
  expect(lockOut.lockedForMs("b")).toBe(0);
});
