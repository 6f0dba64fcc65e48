import { describe, expect, it } from "vitest";
import type { BroadcastReport, StudioTopic, TopicSnapshot } from "../../contract/studio-topics.ts";
import { Ledger } from "./ledger.ts";

type Target = TopicSnapshot<"targets">[number];
type Backfill = NonNullable<Target["backfill"]>;

class Room {
  nowMs = 100_000;
  report: BroadcastReport | null = null;
  readonly ledger = new Ledger(
    (report) => {
      this.report = report;
    },
    () => this.nowMs,
  );

  /** Only what the ledger reads. */
  tell<T extends StudioTopic>(topic: T, snapshot: unknown): void {
    this.ledger.hear(topic, snapshot);
  }

  engine(droppedRender: number, droppedEncode = 0): void {
    this.tell("engine", { droppedRender, droppedEncode });
  }

  target(state: string, droppedNetwork = 0, backfill: Partial<Backfill> | null = null): void {
    this.tell("targets", [{ id: "a", state: { state }, figures: { frames: 30, droppedNetwork }, backfill }]);
  }

  broadcast(state: string, watchUrl: string | null = null): void {
    this.tell("broadcast", { state, liveSinceMs: state === "idle" ? null : 100_000, watchUrl });
  }
}

describe("the account of a broadcast", () => {
  it("begins with the first picture that is taken and counts from there", () => {
    const room = new Room();
    const settings = (keyframeIntervalMs: number) =>
      room.tell("settings", { stream: { title: "Pots" }, video: { keyframeIntervalMs } });
    settings(4_000);
    room.engine(40, 7);
    room.broadcast("starting");
    room.engine(40, 7);
    expect(room.report).toBeNull();
    room.broadcast("live", "http://server/mira");
    room.engine(43, 7);
    room.nowMs = 160_000;
    settings(2_000);
    room.engine(43, 9);
    expect(room.report).toMatchObject({
      over: false,
      ...{ title: "Pots", watchUrl: "http://server/mira", durationMs: 60_000, keyframeIntervalMs: 4_000 },
      dropped: { render: 3, encode: 2, network: 0 },
    });
  });

  it("counts on over restarts, and each loss of a line once", () => {
    const room = new Room();
    room.engine(40);
    room.broadcast("live");
    room.engine(50);
    room.engine(2);
    room.target("live", 5);
    room.target("reconnecting", 5);
    room.target("reconnecting", 5);
    room.target("live", 3);
    room.broadcast("idle");
    expect(room.report).toMatchObject({
      over: true,
      reconnects: 1,
      dropped: { render: 12, network: 8 },
    });
  });

  it("weighs viewers by time, and says nothing of them where no server tells", () => {
    const room = new Room();
    room.broadcast("live");
    room.engine(0);
    expect(room.report?.viewers).toBeNull();
    room.tell("audience", { viewers: 10 });
    room.nowMs += 30_000;
    room.tell("audience", { viewers: 2 });
    room.nowMs += 10_000;
    room.tell("audience", null);
    room.broadcast("idle");
    expect(room.report?.viewers).toEqual({ peak: 10, mean: 8 });
  });

  it("follows the upload of what was kept back after the end, until it is put away", () => {
    const room = new Room();
    room.broadcast("live");
    room.engine(0);
    room.tell("recording", { state: "recording", path: "/videos/a.mp4" });
    room.tell("recording", { state: "recording", path: "/videos/a-2.mp4" });
    room.ledger.putAway();
    room.broadcast("idle");
    expect(room.report).toMatchObject({
      backfill: null,
      recordings: ["/videos/a.mp4", "/videos/a-2.mp4"],
    });
    room.target("stopped", 0, { state: "sending", frames: 90, sent: 30 });
    expect(room.report?.backfill).toEqual({ frames: 90, sent: 30, done: false, failed: false });
    room.target("stopped", 0, { state: "done", frames: 90, sent: 90 });
    expect(room.report?.backfill).toMatchObject({ sent: 90, done: true });
    room.ledger.putAway();
    expect(room.report).toBeNull();
  });
});
