import { readChunks } from "@footlight/protocols/fmp4/reader.ts";
import { describe, expect, it } from "vitest";
import type { StreamClock } from "../stream/capture-clock.ts";
import { loadHistory } from "./restore.ts";
import type { StreamPackager } from "./stream-packager.ts";
import {
  ASC,
  AVCC,
  audio,
  audioUnits,
  GRID,
  makePackager,
  pushAll,
  STREAM,
  video,
  videoUnits,
} from "./synthetic-units.ts";

const EPOCH_MS = Date.UTC(2026, 0, 1);
const NAMES = ["source", "360p", "audio"];

/** A run whose wall clock a test sets; seconds of all its renditions, pushed side by side. */
function setUp(lowLatency = false) {
  const { packager, blobs, index } = makePackager({ lowLatency });
  let clock: StreamClock = { source: "arrival", offsetMs: 300 };
  packager.startRun({
    grid: GRID,
    renditions: [video("source", true), video("360p"), audio],
    clock: () => clock,
  });
  for (const name of NAMES) packager.configure(name, name === "audio" ? ASC : AVCC);
  const push = (fromS: number, seconds: number): void => {
    const frames = { from90k: fromS * 90_000, frames: seconds * 30 };
    pushAll(packager, {
      source: videoUnits(frames),
      "360p": videoUnits(frames),
      audio: audioUnits({ from90k: fromS * 90_000, frames: Math.floor((seconds * 48_000) / 1_024) }),
    });
  };
  const set = (next: StreamClock): void => {
    clock = next;
  };
  return { packager, blobs, index, push, set };
}

const datesIn = (text: string): number[] =>
  [...text.matchAll(/PROGRAM-DATE-TIME:(.*)/g)].map(([, date = ""]) => Date.parse(date) - EPOCH_MS);
const dates = (packager: StreamPackager, name: string, parts = false): number[] =>
  datesIn(packager.view(name)?.body({ parts, delta: false })?.bytes.toString() ?? "");
const label = (packager: StreamPackager): string | undefined =>
  /SESSION-DATA:DATA-ID="tv.footlight.clock",VALUE="(.*)"/.exec(
    packager.master({ parts: true })?.bytes.toString() ?? "",
  )?.[1];

function prftMs(packager: StreamPackager, name: string, seq: number): number {
  const media = packager.media.segment(name, seq);
  if (media === undefined || media instanceof Promise) throw new Error(`no media for ${name} ${seq}`);
  return (readChunks(Buffer.concat(media.chunks))[0]?.captureMs ?? Number.NaN) - EPOCH_MS;
}

describe("date-times", () => {
  it("follow the run's clock from segment to segment, in all renditions alike", () => {
    const { packager, push, set } = setUp();
    push(0, 4);
    set({ source: "arrival", offsetMs: 320 });
    push(4, 4);
    push(8, 1);
    for (const name of NAMES) {
      expect(dates(packager, name), name).toEqual([300, 2_300, 4_320, 6_320]);
      expect(
        [0, 1, 2, 3].map((seq) => Math.round(prftMs(packager, name, seq))),
        name,
      ).toEqual([300, 2_300, 4_320, 6_320]);
    }
    expect(label(packager)).toBe("arrival");
  });

  it("of an open segment stay as its first part had them", () => {
    const { packager, push, set } = setUp(true);
    push(0, 1);
    expect(dates(packager, "360p", true)).toEqual([300]);
    set({ source: "capture", offsetMs: -200 });
    push(1, 1);
    push(2, 1);
    for (const name of NAMES) expect(dates(packager, name, true), name).toEqual([300, 1_800]);
    expect(label(packager)).toBe("capture");
  });

  it("come back from the index as they were", async () => {
    const { packager, blobs, index, push, set } = setUp();
    set({ source: "capture", offsetMs: -1_234 });
    push(0, 6);
    await packager.suspend();
    const history = await loadHistory(STREAM, { blobs, index }, { limit: 10, ended: true });
    expect(history?.slots.length).toBeGreaterThanOrEqual(2);
    for (const { clock } of history?.slots ?? [])
      expect(clock).toEqual({ source: "capture", offsetMs: -1_234 });
  });

  it("are the timeline's own where nobody knows better", () => {
    const { packager } = makePackager();
    packager.startRun({ grid: GRID, renditions: [video("360p")] });
    packager.configure("360p", AVCC);
    pushAll(packager, { "360p": videoUnits({ frames: 120 }) });
    expect(dates(packager, "360p")).toEqual([0, 2_000]);
    expect(label(packager)).toBe("arrival");
  });
});
