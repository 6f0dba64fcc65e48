import { beforeEach, describe, expect, it } from "vitest";
import type { ToEncoder } from "../../contract/encoder-control.ts";
import type { Marker } from "../../contract/studio-topics.ts";
import { Markers } from "./markers.ts";

let nowMs: number;
let sent: ToEncoder[];
let markers: readonly Marker[];
let desk: Markers;
const recording = (path: string | null) =>
  desk.hear("recording", { state: path === null ? "idle" : "recording", path });
const broadcast = (liveSinceMs: number | null) => desk.hear("broadcast", { liveSinceMs });

beforeEach(() => {
  nowMs = 100_000;
  sent = [];
  desk = new Markers({
    send: (message) => sent.push(message),
    publish: (now) => {
      markers = now;
    },
    now: () => nowMs,
  });
});

describe("markers", () => {
  it("need something that runs", () => {
    expect(desk.put()).toEqual({ fault: "nothing_runs" });
    recording("a.mkv");
    expect(desk.put()).toEqual({ id: 0 });
  });

  it("have the time on air, and the recording's as the encoder tells it", () => {
    broadcast(40_000);
    recording("a.mkv");
    desk.put();
    desk.put(" Kiln ");
    desk.take({ kind: "marker", id: 0, path: "a.mkv", timeMs: 1_200 });
    expect(markers).toEqual([
      { id: 0, name: "Marker 1", onAirMs: 60_000, recording: { path: "a.mkv", timeMs: 1_200 } },
      { id: 1, name: "Kiln", onAirMs: 60_000, recording: null },
    ]);
  });

  it("are named where they are, and only there", () => {
    broadcast(40_000);
    desk.put();
    desk.rename(0, "On air alone");
    expect(sent).toEqual([]);
    recording("a.mkv");
    desk.put();
    desk.take({ kind: "marker", id: 1, path: "a.mkv", timeMs: 0 });
    recording(null);
    desk.rename(1, "After the end");
    desk.rename(1, "  ");
    expect(sent.at(-1)).toEqual({ kind: "mark-recording", id: 1, name: "After the end" });
    expect(markers.map(({ name }) => name)).toEqual(["On air alone", "After the end"]);
  });

  it("that an encoder took with it are set in the file that goes on", () => {
    recording("a.mkv");
    desk.put("Lost");
    desk.put("Kept");
    desk.take({ kind: "marker", id: 1, path: "a.mkv", timeMs: 5 });
    sent = [];
    recording("b.mkv");
    expect(sent).toEqual([{ kind: "mark-recording", id: 0, name: "Lost" }]);
  });

  it("stay over the end of the one while the other runs, and go when something new begins", () => {
    broadcast(40_000);
    desk.put();
    recording("a.mkv");
    broadcast(null);
    expect(markers).toHaveLength(1);
    recording(null);
    expect(markers).toHaveLength(1);
    recording("b.mkv");
    expect(markers).toEqual([]);
  });
});
