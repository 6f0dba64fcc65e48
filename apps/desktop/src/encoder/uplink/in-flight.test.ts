import { expect, test } from "vitest";
import { InFlight } from "./in-flight.ts";

test("lets out no more than a second that was not acknowledged", () => {
  const flight = new InFlight(2_000_000, () => 0);
  flight.acknowledge(25_000);
  flight.send(25_000 + 249_999);
  expect(flight.hasRoom).toBe(true);
  flight.send(1);
  expect(flight.hasRoom).toBe(false);
  flight.acknowledge(50_000);
  expect(flight).toMatchObject({ hasRoom: true, delivered: 50_000 });
});

test("lets out no more than what soon arrives, however slow the line has become, and however long it is", () => {
  let nowMs = 0;
  const flight = new InFlight(2_000_000, () => nowMs);
  const send = (bytes: number, ms: number) => {
    nowMs += ms;
    flight.send(bytes);
  };
  send(10_000, 0);
  nowMs += 700;
  flight.acknowledge(10_000);
  // A way of 0.7 s, by satellite, is no congestion.
  for (let frame = 0; frame < 20; frame += 1) send(4_000, 33);
  expect(flight.hasRoom).toBe(true);
  // But what should have arrived for half a second stands somewhere.
  nowMs += 1_000;
  expect(flight.hasRoom).toBe(false);
  flight.acknowledge(10_000 + 20 * 4_000);
  expect(flight.hasRoom).toBe(true);
  // Half a window is never acknowledged, and nobody waits for that.
  send(5_000, 0);
  nowMs += 60_000;
  expect(flight.hasRoom).toBe(true);
});

test("a server with a larger window than it was asked for is waited for no more than with a small one", () => {
  let nowMs = 0;
  const flight = new InFlight(800_000, () => nowMs);
  for (let acknowledged = 0; acknowledged < 5; acknowledged += 1) {
    flight.send(40_000);
    flight.acknowledge(flight.sent);
  }
  expect(flight.windowBytes).toBeLessThan(40_000);
  flight.send(39_000);
  nowMs += 10_000;
  // It says nothing before the fortieth kilobyte.
  expect(flight.hasRoom).toBe(true);
});

test("a server that never acknowledges, or once in a while, does not hold us", () => {
  const silent = new InFlight(2_000_000);
  silent.send(100_000_000);
  expect(silent).toMatchObject({ hasRoom: true, delivered: undefined });
  const coarse = new InFlight(2_000_000);
  coarse.acknowledge(2_500_000);
  coarse.send(2_500_000 + 1_000_000);
  expect(coarse).toMatchObject({ hasRoom: true, delivered: undefined });
});

test("counts on over 2^32 bytes", () => {
  const flight = new InFlight(2_000_000);
  for (let bytes = 0; bytes < 2 ** 32; bytes += 2 ** 16) flight.acknowledge(bytes % 2 ** 32);
  flight.acknowledge(100);
  expect(flight.delivered).toBe(2 ** 32 + 100);
});
