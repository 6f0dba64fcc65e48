import { describe, expect, it } from "vitest";
import type { TargetState, ToEncoder } from "../../contract/encoder-control.ts";
import type { ToEngineControl } from "../../contract/engine-control.ts";
import { type ProcessState, Readiness } from "../processes/readiness.ts";
import { defaultSettings } from "../system/preferences.ts";
import { Broadcast, type BroadcastWorld } from "./broadcast.ts";
import type { Announced, Gathered, Ready } from "./destinations.ts";
import { encodePlan } from "./encode-plan.ts";

const settings = defaultSettings("/videos");
const rtmp: Ready = { id: "a", name: "A", by: "rtmp", url: "rtmp://a/live", key: "k", graceMs: 90_000 };
const whip: Ready = { id: "b", name: "B", by: "whip", url: "http://b/whip", key: "k", graceMs: 90_000 };
const STARTS_WITHIN_MS = 200;
const LIVE: TargetState = { state: "live", sinceMs: 1, degraded: false };
const gone = (attempt: number): TargetState => ({ state: "reconnecting", attempt, retryAtMs: 1, cause: "x" });

const announcedTo = (client: object): Announced => ({
  client: client as Announced["client"],
  ...{ streamId: "s", watchUrl: "http://x/a", delayS: 0 },
});

class House {
  readonly toEncoder: ToEncoder[] = [];
  readonly toEngine: ToEngineControl[] = [];
  readonly engine = new Readiness(STARTS_WITHIN_MS);
  readonly encoder = new Readiness(STARTS_WITHIN_MS);
  readonly broadcast: Broadcast;

  constructor(
    gathered: Gathered | Promise<Gathered> = { ok: true, ready: [rtmp, whip], announced: undefined },
    { engine = "ready", encoder = "ready" }: { engine?: ProcessState; encoder?: ProcessState } = {},
  ) {
    this.engine.become(engine);
    this.encoder.become(encoder);
    const world: BroadcastWorld = {
      encoder: {
        isReady: true,
        reached: (signal) => this.encoder.reached(signal),
        send: (message) => this.toEncoder.push(message),
      },
      engine: {
        isReady: true,
        reached: (signal) => this.engine.reached(signal),
        send: (message) => this.toEngine.push(message),
      },
      gather: async () => gathered,
      plan: () => ({ encode: encodePlan(settings, []), audioBitrateBps: 128_000 }),
      onChange: () => {},
      lookEveryMs: 1,
    };
    this.broadcast = new Broadcast(world);
  }

  start() {
    return this.broadcast.start({ ...settings.stream, rehearsal: false });
  }

  get state(): string {
    return this.broadcast.snapshot().state;
  }
}

describe("a broadcast", () => {
  it("sends RTMP targets to the encoder and WHIP ones to the engine, and is live with the first", async () => {
    const house = new House();
    expect(await house.start()).toBeNull();
    expect(house.toEncoder).toMatchObject([{ kind: "start-target", target: { id: "a", key: "k" } }]);
    expect(house.toEngine).toMatchObject([{ kind: "start-whip", id: "b" }]);
    expect(house.state).toBe("starting");
    house.broadcast.takeTarget("a", LIVE);
    expect(house.state).toBe("live");
  });

  it("is interrupted while no target takes pictures and one still tries", async () => {
    const house = new House();
    await house.start();
    house.broadcast.takeTarget("a", LIVE);
    house.broadcast.takeTarget("b", { state: "failed", cause: "gone" });
    house.broadcast.takeTarget("a", gone(1));
    expect(house.state).toBe("interrupted");
    house.broadcast.takeTarget("a", LIVE);
    expect(house.state).toBe("live");
  });

  it("ends by itself when no target is left, and says which failed why", async () => {
    const house = new House();
    await house.start();
    house.broadcast.takeTarget("a", { state: "refused", code: "bad_key", description: "no such key" });
    house.broadcast.takeWhip({ kind: "whip", id: "b", state: "failed", cause: "no route" });
    await house.broadcast.stop();
    expect(house.broadcast.snapshot()).toMatchObject({
      state: "idle",
      fault: { code: "all_targets_failed", detail: "A: no such key; B: no route" },
    });
  });

  it("stops when both sides say so, and may begin anew", async () => {
    const house = new House();
    await house.start();
    const stopped = house.broadcast.stop();
    expect(house.state).toBe("stopping");
    expect(house.toEncoder.at(-1)).toEqual({ kind: "stop-target", id: "a" });
    expect(house.toEngine.at(-1)).toEqual({ kind: "stop-whip", id: "b" });
    house.broadcast.takeTarget("a", { state: "stopped" });
    house.broadcast.takeWhip({ kind: "whip", id: "b", state: "stopped" });
    await stopped;
    expect(house.state).toBe("idle");
    expect(await house.start()).toBeNull();
  });

  it("tells a new encoder what shall run, and nothing of what is over", async () => {
    const second: Ready = { ...rtmp, id: "c" };
    const house = new House({ ok: true, ready: [rtmp, second, whip], announced: undefined });
    await house.start();
    house.broadcast.takeTarget("c", { state: "failed", cause: "x" });
    house.toEncoder.length = 0;
    house.toEngine.length = 0;
    house.broadcast.resume("rtmp");
    expect(house.toEncoder).toMatchObject([{ kind: "start-target", target: { id: "a" } }]);
    expect(house.toEngine).toEqual([]);
  });

  it("that is stopped while addresses are asked for never begins", async () => {
    let answer: (gathered: Gathered) => void = () => {};
    const house = new House(
      new Promise<Gathered>((resolve) => {
        answer = resolve;
      }),
    );
    const started = house.start();
    await house.broadcast.stop();
    answer({ ok: true, ready: [rtmp], announced: undefined });
    await started;
    expect(house.toEncoder).toEqual([]);
    expect(house.state).toBe("idle");
  });

  it("is stopped at once, and what was announced meanwhile is taken back before there is another", async () => {
    let answer: (gathered: Gathered) => void = () => {};
    const late = new Promise<Gathered>((resolve) => {
      answer = resolve;
    });
    const house = new House(late);
    const started = house.start();
    await house.broadcast.stop();
    // Nobody has answered yet.
    expect(await started).toBeNull();
    expect(house.state).toBe("idle");
    const again = house.start();
    const ended: string[] = [];
    answer({
      ok: true,
      ready: [rtmp],
      announced: announcedTo({ endStream: async () => ended.push("ended") }),
    });
    expect(await again).toBeNull();
    expect(ended).toEqual(["ended"]);
  });

  it("is interrupted while the encoder is away, and counts on with the next one", async () => {
    const house = new House({ ok: true, ready: [rtmp], announced: undefined });
    await house.start();
    house.broadcast.takeTarget("a", LIVE);
    const figures = { bitrateBps: 800, sentBytes: 100, frames: 10, droppedNetwork: 1, queuedMs: 5 };
    house.broadcast.takeFigures("a", figures);
    house.broadcast.lose("rtmp", false);
    expect(house.state).toBe("interrupted");
    expect(house.broadcast.figures).toEqual({ ...figures, bitrateBps: 0, queuedMs: 0 });
    house.broadcast.resume("rtmp");
    house.broadcast.takeTarget("a", LIVE);
    house.broadcast.takeFigures("a", { ...figures, sentBytes: 50, frames: 5, droppedNetwork: 0 });
    expect(house.broadcast.figures).toMatchObject({ sentBytes: 150, frames: 15, droppedNetwork: 1 });
    const stopped = house.broadcast.stop();
    house.broadcast.takeTarget("a", { state: "stopped" });
    await stopped;
    expect(house.broadcast.figures).toMatchObject({ sentBytes: 150, bitrateBps: 0 });
  });

  it("ends when the encoder does not come back, and nobody waits for its goodbye", async () => {
    const house = new House({ ok: true, ready: [rtmp], announced: undefined });
    await house.start();
    house.broadcast.takeTarget("a", LIVE);
    house.broadcast.lose("rtmp", true);
    await house.broadcast.stop();
    expect(house.broadcast.snapshot()).toMatchObject({
      state: "idle",
      fault: { code: "all_targets_failed", detail: "A: encoder_down" },
    });
  });

  it("tries a target again that has failed, and no other", async () => {
    const house = new House();
    await house.start();
    house.broadcast.takeTarget("a", { state: "failed", cause: "gone" });
    house.toEncoder.length = 0;
    house.broadcast.tryAgain("b");
    house.broadcast.tryAgain("a");
    expect(house.toEncoder).toMatchObject([{ kind: "start-target", target: { id: "a" } }]);
    expect(house.broadcast.target("a").state).toMatchObject({ state: "reconnecting" });
  });

  it("is a rehearsal until the server has let everybody in, which a delay puts off", async () => {
    const seen = ["rehearsal", "rehearsal", "public"];
    const shown = async () => ({ ok: true, value: { visibility: seen.shift() } });
    const announced = announcedTo({ makePublic: shown, stream: shown, endStream: async () => undefined });
    const house = new House({ ok: true, ready: [rtmp], announced });
    await house.broadcast.start({ ...settings.stream, rehearsal: true });
    expect(await house.broadcast.makePublic()).toBeNull();
    expect(house.broadcast.snapshot().rehearsal).toBe(true);
    await expect.poll(() => house.broadcast.snapshot().rehearsal).toBe(false);
    expect(seen).toEqual([]);
  });

  it.each([
    [{ engine: "failed" }, "engine_down"],
    [{ encoder: "failed" }, "encoder_down"],
    // They are waited for, but not for ever.
    [{ engine: "starting" }, "engine_down"],
    [{ encoder: "restarting" }, "encoder_down"],
  ] as const)("does not begin with %j", async (up, code) => {
    const house = new House(undefined, up);
    expect(await house.start()).toMatchObject({ code });
    expect(house.state).toBe("idle");
  });

  it("refuses at once when the engine fails while it is waited for", async () => {
    const house = new House(undefined, { engine: "starting" });
    const started = house.start();
    house.engine.become("failed");
    expect(await started).toMatchObject({ code: "engine_down" });
  });

  it("waits for an engine and an encoder that are on their way", async () => {
    const house = new House(undefined, { engine: "starting", encoder: "restarting" });
    const started = house.start();
    expect(house.state).toBe("starting");
    expect(await house.start()).toMatchObject({ code: "already_live" });
    house.engine.become("ready");
    house.encoder.become("ready");
    expect(await started).toBeNull();
    expect(house.toEncoder).toMatchObject([{ kind: "start-target" }]);
    expect(house.toEngine).toMatchObject([{ kind: "start-whip" }]);
  });

  it("that is stopped while the engine starts never begins", async () => {
    const house = new House(undefined, { engine: "starting" });
    const started = house.start();
    await house.broadcast.stop();
    expect(await started).toBeNull();
    expect(house.state).toBe("idle");
    house.engine.become("ready");
    expect(house.toEngine).toEqual([]);
  });

  it("refuses a second start", async () => {
    const house = new House();
    await house.start();
    expect(await house.start()).toMatchObject({ code: "already_live" });
  });

  it("never has a key in what it tells", async () => {
    const house = new House({ ok: true, ready: [{ ...rtmp, key: "s3cret" }], announced: undefined });
    await house.start();
    const told = JSON.stringify([house.broadcast.snapshot(), house.broadcast.target("a")]);
    expect(told).not.toContain("s3cret");
  });
});
