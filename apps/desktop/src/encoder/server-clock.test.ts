import { createServer, type Server } from "node:http";
import { afterEach, beforeEach, expect, it, vi } from "vitest";
import { ServerClock } from "./server-clock.ts";

const AHEAD_MS = 5_000;
const WAIT = { timeout: 5_000, interval: 10 };
let http: Server;
let asked = 0;
/** What somebody has set our clock forward by, or the time that the machine has slept. */
let setMs = 0;
const clocks = { nowMs: () => Date.now() + setMs, monotonicMs: () => performance.now() };
const offsets: number[] = [];
let clock: ServerClock | undefined;

beforeEach(async () => {
  [asked, setMs] = [0, 0];
  offsets.length = 0;
  http = createServer((_, response) => {
    asked += 1;
    response.end(new Date(Date.now() + AHEAD_MS).toISOString());
  });
  await new Promise<void>((resolve) => http.listen(0, "127.0.0.1", resolve));
});
afterEach(async () => {
  clock?.close();
  http.closeAllConnections();
  await new Promise((resolve) => http.close(resolve));
});

function start(): ServerClock {
  const address = http.address();
  const url = new URL(`http://127.0.0.1:${typeof address === "object" ? address?.port : 0}/time`);
  clock = new ServerClock(url, (offsetMs) => offsets.push(offsetMs), clocks);
  return clock;
}
const offsetBecomes = (offsetMs: number) =>
  vi.waitFor(() => {
    expect(Math.abs((offsets.at(-1) ?? 0) - offsetMs)).toBeLessThan(500);
    expect(asked % 5).toBe(0);
  }, WAIT);

it("tells how far the server is ahead, and asks no more while nothing happens", async () => {
  const clock = start();
  await offsetBecomes(AHEAD_MS);
  for (let look = 0; look < 5; look += 1) clock.look();
  expect(asked).toBe(5);
});

it.each([
  ["is set forward", 3_600_000],
  ["is set back", -3_600_000],
])("asks at once when our clock %s", async (_name, byMs) => {
  const clock = start();
  await offsetBecomes(AHEAD_MS);
  setMs = byMs;
  clock.look();
  await offsetBecomes(AHEAD_MS - byMs);
  expect(asked).toBe(10);
});

it("keeps what it had where nobody answers", async () => {
  const clock = start();
  await offsetBecomes(AHEAD_MS);
  const before = offsets.length;
  http.removeAllListeners("request");
  let refused = 0;
  http.on("request", (request) => {
    refused += 1;
    request.socket.destroy();
  });
  setMs = 3_600_000;
  clock.look();
  await vi.waitFor(() => expect(refused).toBeGreaterThanOrEqual(5), WAIT);
  // Had it taken any of that for an answer, it would say so with the next one.
  http.removeAllListeners("request");
  http.on("request", (_, response) => response.end(new Date(Date.now() + AHEAD_MS).toISOString()));
  clock.ask();
  await vi.waitFor(() => expect(offsets.length).toBeGreaterThan(before), WAIT);
  expect(offsets.slice(before)).toHaveLength(1);
});
