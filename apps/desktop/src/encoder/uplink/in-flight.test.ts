import { expect, test } from "vitest";
import { InFlight } from "./in-flight.ts";

test("lets out no more than a second that was not acknowledged", () => {
  const flight = new InFlight(2_000_000);
  flight.acknowledge(25_000);
  flight.send(25_000 + 249_999);
  expect(flight.hasRoom).toBe(true);
  flight.send(1);
  expect(flight.hasRoom).toBe(false);
  flight.acknowledge(50_000);
  expect(flight).toMatchObject({ hasRoom: true, delivered: 50_000 });
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
