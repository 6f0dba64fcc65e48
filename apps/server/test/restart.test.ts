import { execFileSync } from "node:child_process";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { TestServer } from "../src/testing/test-server.ts";
import { becomes, Encoders, expectDatesRise } from "./encoders.ts";
import { breaks, has, lastSeq, openChannel, reaches } from "./publisher-tools.ts";

/** A server that goes and comes, its encoders with it. */
describe("within the grace", { timeout: 90_000 }, () => {
  let server: TestServer;
  beforeAll(async () => {
    server = await TestServer.start({ RECONNECT_GRACE_MS: "30000" });
  });
  afterAll(() => server[Symbol.asyncDispose]());

  it.each(["SIGTERM", "SIGKILL"] as const)("its streams resume after %s", async (signal) => {
    const { user, id, key, hls } = await openChannel(server, `after_${signal.toLowerCase()}`);
    await using encoders = new Encoders();
    encoders.start(server, key);
    const before = await hls.waitFor(has(3));
    const stoppedMs = Date.now();
    expect(await server.stop(signal)).toBe(signal === "SIGTERM" ? 0 : signal);
    expect(Date.now() - stoppedMs).toBeLessThan(10_000);
    await server.startAgain();
    expect((await user.stream(id)).status).toBe("interrupted");
    const waiting = await hls.mediaPlaylists();
    expect(waiting.every(({ ended }) => !ended)).toBe(true);
    encoders.start(server, key);
    const after = await hls.waitFor(({ segments }) => segments.some(({ discontinuity }) => discontinuity));
    expect(after.map(breaks)).toEqual(after.map(() => 1));
    expect(lastSeq(after)).toBeGreaterThanOrEqual(lastSeq(before));
    expectDatesRise(after);
    await becomes(user, id, "live");
    await user.endStream(id);
  });

  it("a stream goes on when ffmpeg is killed, and a stop leaves no process behind", async () => {
    const { user, id, key, hls } = await openChannel(server, "killed");
    await using encoders = new Encoders();
    encoders.start(server, key);
    const before = lastSeq(await hls.waitFor(has(2)));
    const children = childrenOf(server.pid).filter(({ command }) => command.includes("ffmpeg"));
    expect(children.length).toBeGreaterThan(0);
    for (const { pid } of children) process.kill(pid, "SIGKILL");
    const after = await hls.waitFor(reaches(before + 3));
    for (const playlist of after) expect(breaks(playlist)).toBe(1);
    await becomes(user, id, "live");

    const left = childrenOf(server.pid);
    expect(left.length).toBeGreaterThan(0);
    await server.stop("SIGTERM");
    for (const { pid } of left) expect(() => process.kill(pid, 0)).toThrow();
  });
});

it("ends the streams that did not come back", { timeout: 90_000 }, async () => {
  await using server = await TestServer.start({ RECONNECT_GRACE_MS: "2000" });
  const { user, id, key, hls } = await openChannel(server, "ada");
  await using encoders = new Encoders();
  encoders.start(server, key);
  await hls.waitFor(has(2));
  await server.stop("SIGKILL");
  await server.startAgain();
  await hls.waitFor(({ ended }) => ended);
  await becomes(user, id, "ended");
});

function childrenOf(pid: number): { pid: number; command: string }[] {
  const rows = execFileSync("ps", ["-e", "-o", "pid=,ppid=,args="], { encoding: "utf8" }).trim().split("\n");
  const all = rows.map((row) => {
    const [own = "", parent = "", ...command] = row.trim().split(/\s+/);
    return { pid: Number(own), parent: Number(parent), command: command.join(" ") };
  });
  const below = (parent: number): typeof all =>
    all.filter((row) => row.parent === parent).flatMap((row) => [row, ...below(row.pid)]);
  return below(pid);
}
