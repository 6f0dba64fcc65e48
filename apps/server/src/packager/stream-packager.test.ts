import { readChunks, readInitSegment } from "@footlight/protocols/fmp4/reader.ts";
import { describe, expect, it } from "vitest";
import type { StreamPackager } from "./stream-packager.ts";
import {
  ASC,
  AVCC,
  audio,
  audioUnits,
  FRAME_90K,
  GRID,
  makePackager,
  pushAll,
  video,
  videoUnits,
} from "./synthetic-units.ts";

/** `M` where a rendition has media, `-` where it has a gap, by slot. */
function picture(packager: StreamPackager, name: string): string {
  const slots = packager.log.range(0, packager.log.nextSeq - 1);
  const last = packager.view(name)?.lastSeq ?? -1;
  return slots
    .filter((slot) => slot.seq <= last)
    .map((slot) => (slot.entries.get(name)?.kind === "media" ? "M" : "-"))
    .join("");
}

/** As a player shows them: the edit list has taken the reorder delay off. */
function samplesOf(packager: StreamPackager, name: string, seq: number) {
  const init = packager.media.init(name, packager.log.get(seq)?.run ?? 0);
  if (!(init instanceof Uint8Array)) throw new Error(`no init for ${name} ${seq}`);
  const { reorder } = readInitSegment(init);
  const media = packager.media.segment(name, seq);
  if (media === undefined || media instanceof Promise) throw new Error(`no media for ${name} ${seq}`);
  return readChunks(Buffer.concat(media.chunks)).flatMap((chunk) =>
    chunk.samples.map((sample) => ({ ...sample, presentationTime: sample.presentationTime - reorder })),
  );
}

function start(packager: StreamPackager, names: string[], grid = GRID): void {
  const renditions = names.map((name) => (name === "audio" ? audio : video(name, name === "source")));
  packager.startRun({ grid, renditions });
  for (const name of names) packager.configure(name, name === "audio" ? ASC : AVCC);
}

const boundaries = (packager: StreamPackager) =>
  packager.log.range(0, packager.log.nextSeq - 1).map((slot) => [slot.start90k, slot.duration90k, slot.run]);

describe("slots of a run", () => {
  it("closes an encoded segment with its last frame, a passed-through one with the next keyframe", () => {
    const { packager } = makePackager();
    start(packager, ["source", "360p"]);
    pushAll(packager, {
      source: videoUnits({ frames: 60, constantRate: false }),
      "360p": videoUnits({ frames: 60 }),
    });
    expect(picture(packager, "360p")).toBe("M");
    expect(picture(packager, "source")).toBe("");
    pushAll(packager, { source: videoUnits({ frames: 1, from90k: 180_000 }) });
    expect(picture(packager, "source")).toBe("M");
  });

  it("starts each segment at the grid with B-frames too, keeps presentation, and leaves no crack", () => {
    const { packager } = makePackager();
    start(packager, ["source", "360p"]);
    const coded = videoUnits({ frames: 180, bFrames: true, constantRate: false });
    pushAll(packager, { source: coded, "360p": videoUnits({ frames: 180 }) });
    packager.endRun();
    for (let seq = 0; seq < 3; seq += 1) {
      for (const name of ["source", "360p"]) {
        const samples = samplesOf(packager, name, seq);
        expect(samples).toHaveLength(60);
        expect(samples[0]).toMatchObject({
          decodeTime: seq * 180_000,
          presentationTime: seq * 180_000,
          sync: true,
        });
        const last = samples.at(-1);
        expect((last?.decodeTime ?? 0) + (last?.duration ?? 0)).toBe((seq + 1) * 180_000);
        expect(samples.every((each) => each.duration === FRAME_90K)).toBe(true);
      }
      const shown = samplesOf(packager, "source", seq).map((each) => each.presentationTime);
      expect(shown.sort((a, b) => a - b)).toEqual(
        Array.from({ length: 60 }, (_, frame) => (seq * 60 + frame) * FRAME_90K),
      );
    }
  });

  it("does not cut at extra keyframes, and marks them", () => {
    const { packager } = makePackager();
    start(packager, ["source"]);
    const keyframe = (frame: number) => frame % 60 === 0 || frame % 25 === 0;
    pushAll(packager, { source: videoUnits({ frames: 121, keyframe, constantRate: false }) });
    expect(picture(packager, "source")).toBe("MM");
    expect(samplesOf(packager, "source", 0).filter((each) => each.sync)).toHaveLength(3);
  });

  it("bears a clock that shakes by a millisecond: equal starts, rising times", () => {
    const { packager } = makePackager();
    start(packager, ["source"]);
    const units = videoUnits({ frames: 181, constantRate: false }).map((unit, index) => {
      const shake = ((index * 37) % 180) - 90;
      return { ...unit, dts90k: unit.dts90k + shake, pts90k: unit.pts90k + shake };
    });
    pushAll(packager, { source: units });
    expect(picture(packager, "source")).toBe("MMM");
    const all = [0, 1, 2].flatMap((seq) => samplesOf(packager, "source", seq));
    expect(all[60]?.decodeTime).toBe(180_000);
    expect(
      all.every((each, index) => index === 0 || each.decodeTime > (all[index - 1]?.decodeTime ?? 0)),
    ).toBe(true);
  });

  it("has a gap where the grid's keyframe is missing, and goes on at the next", () => {
    const { packager } = makePackager();
    start(packager, ["source", "360p"]);
    const keyframe = (frame: number) => frame % 60 === 0 && frame !== 60;
    pushAll(packager, {
      source: videoUnits({ frames: 241, keyframe, constantRate: false }),
      "360p": videoUnits({ frames: 241 }),
    });
    expect(picture(packager, "360p")).toBe("MMMM");
    expect(picture(packager, "source")).toBe("M-MM");
    expect(packager.stats().droppedUnits).toBe(60);
  });

  it("keeps a short first segment when the run begins off the grid", () => {
    const { packager } = makePackager();
    start(packager, ["360p"]);
    const keyframe = (frame: number) => frame === 0 || frame === 40;
    pushAll(packager, { "360p": videoUnits({ from90k: 60_000, frames: 100, keyframe }) });
    expect(boundaries(packager)).toEqual([
      [60_000, 120_000, 0],
      [180_000, 180_000, 0],
    ]);
  });

  it("follows a period that is no whole number of ticks without drifting", () => {
    const { packager } = makePackager();
    start(packager, ["source"], { origin90k: 100, period90k: 180_180.4 });
    const units = Array.from({ length: 301 }, (_, index) => {
      const time = Math.round(100 + (index * 180_180.4) / 60);
      return {
        dts90k: time,
        pts90k: time,
        duration90k: undefined,
        keyframe: index % 60 === 0,
        data: Buffer.of(1),
      };
    });
    pushAll(packager, { source: units });
    expect(boundaries(packager).map(([begin]) => begin)).toEqual([100, 180_280, 360_461, 540_641, 720_822]);
  });
});

describe("renditions that are not well", () => {
  it("does not hold up the others when one dies", () => {
    const { packager } = makePackager();
    start(packager, ["360p", "160p"]);
    pushAll(packager, { "360p": videoUnits({ frames: 90 }), "160p": videoUnits({ frames: 90 }) });
    packager.endRendition("160p");
    pushAll(packager, { "360p": videoUnits({ frames: 240 }).slice(90) });
    expect(picture(packager, "360p")).toBe("MMMM");
    expect(picture(packager, "160p")).toBe("M---");
    expect(packager.qualities().map((quality) => quality.name)).toEqual(["360p"]);
  });

  it("gives a silent one gaps four slots behind, and takes it back when it catches up", () => {
    const { packager } = makePackager();
    start(packager, ["360p", "audio"]);
    pushAll(packager, { "360p": videoUnits({ frames: 360 }) });
    expect(picture(packager, "audio")).toBe("--");
    pushAll(packager, {
      "360p": videoUnits({ frames: 480 }).slice(360),
      audio: audioUnits({ from90k: 900_000, frames: 300 }),
    });
    expect(picture(packager, "audio")).toBe("-----MMM");
    expect(picture(packager, "360p")).toBe("MMMMMMMM");
  });

  it("packages sound alone on the same grid", () => {
    const { packager } = makePackager();
    start(packager, ["audio"]);
    pushAll(packager, { audio: audioUnits({ from90k: 500, frames: 300 }) });
    expect(picture(packager, "audio")).toBe("MMM");
    expect(packager.master({ parts: false })?.bytes.toString()).toContain(
      'CODECS="mp4a.40.2"\naudio/index.m3u8',
    );
  });

  it("cuts sound within one frame of the picture and counts on without a crack", () => {
    const { packager } = makePackager();
    start(packager, ["360p", "audio"]);
    pushAll(packager, {
      "360p": videoUnits({ frames: 180 }),
      audio: audioUnits({ from90k: 700, frames: 282 }),
    });
    const [first, second] = [samplesOf(packager, "audio", 0), samplesOf(packager, "audio", 1)];
    const last = first.at(-1);
    expect(second[0]?.decodeTime).toBe((last?.decodeTime ?? 0) + 1_024);
    expect(Math.abs((second[0]?.decodeTime ?? 0) - 96_000)).toBeLessThanOrEqual(1_024);
  });

  it("opens a hole where sound is missing instead of drifting", () => {
    const { packager } = makePackager();
    start(packager, ["360p", "audio"]);
    const sound = audioUnits({ frames: 190 }).filter((_, frame) => frame < 20 || frame >= 30);
    pushAll(packager, { "360p": videoUnits({ frames: 120 }), audio: sound });
    const times = samplesOf(packager, "audio", 0).map((each) => each.decodeTime);
    expect(times[20]).toBe(30 * 1_024);
  });

  it("ignores units of a rendition that was never announced or configured", () => {
    const { packager } = makePackager();
    packager.startRun({ grid: GRID, renditions: [video("360p")] });
    pushAll(packager, { "360p": videoUnits({ frames: 3 }), other: videoUnits({ frames: 3 }) });
    expect(packager.stats()).toMatchObject({ droppedUnits: 6, slots: 0 });
  });
});

describe("runs", () => {
  it("keeps the last piece when all pictures have it, and agrees on numbers across the break", () => {
    const { packager } = makePackager();
    for (const from90k of [0, 900_000]) {
      start(packager, ["source", "360p", "audio"]);
      pushAll(packager, {
        source: videoUnits({ from90k, frames: 100, constantRate: false }),
        "360p": videoUnits({ from90k, frames: 100 }),
        audio: audioUnits({ from90k, frames: 156 }),
      });
      packager.endRun();
    }
    expect(boundaries(packager)).toEqual([
      [0, 180_000, 0],
      [180_000, 120_000, 0],
      [900_000, 180_000, 1],
      [1_080_000, 120_000, 1],
    ]);
    for (const name of ["source", "360p", "audio"]) expect(picture(packager, name)).toBe("MMMM");
    const lists = ["source", "360p", "audio"].map((name) =>
      packager.view(name)?.body({ parts: false, delta: false })?.bytes.toString(),
    );
    expect(new Set(lists).size).toBe(1);
    expect(lists[0]).toContain('1.m4s\n#EXT-X-DISCONTINUITY\n#EXT-X-MAP:URI="init-1.mp4"');
  });

  it("has a gap in the last slot where a rendition stopped early", () => {
    const { packager } = makePackager();
    start(packager, ["source", "360p"]);
    pushAll(packager, {
      source: videoUnits({ frames: 110, constantRate: false }),
      "360p": videoUnits({ frames: 70 }),
    });
    packager.endRun();
    expect(picture(packager, "source")).toBe("MM");
    expect(picture(packager, "360p")).toBe("M-");
  });

  it("lists a gap for a rendition that the new run does not have", () => {
    const { packager } = makePackager();
    start(packager, ["source", "360p"]);
    pushAll(packager, { source: videoUnits({ frames: 60 }), "360p": videoUnits({ frames: 60 }) });
    start(packager, ["360p"]);
    pushAll(packager, { "360p": videoUnits({ from90k: 360_000, frames: 60 }) });
    expect(picture(packager, "360p")).toBe("MM");
    expect(picture(packager, "source")).toBe("M-");
  });

  it("counts no discontinuity for a run that showed nothing", () => {
    const { packager } = makePackager();
    for (const frames of [60, 0, 60]) {
      start(packager, ["360p"]);
      pushAll(packager, { "360p": videoUnits({ from90k: packager.log.nextSeq * 360_000, frames }) });
    }
    expect(boundaries(packager).map(([, , run]) => run)).toEqual([0, 1]);
  });

  it("begins a new run in all renditions when one changes its decoder configuration", () => {
    const { packager } = makePackager();
    start(packager, ["source", "360p"]);
    const units = { source: videoUnits({ frames: 300 }), "360p": videoUnits({ frames: 300 }) };
    const part = (from: number, to: number) => ({
      source: units.source.slice(from, to),
      "360p": units["360p"].slice(from, to),
    });
    pushAll(packager, part(0, 120));
    packager.configure("source", Buffer.concat([AVCC, Buffer.of(0)]));
    pushAll(packager, part(120, 300));
    packager.configure("360p", AVCC);
    packager.endRun();
    expect(picture(packager, "source")).toBe("MMMMM");
    expect(picture(packager, "360p")).toBe("MMMMM");
    expect(boundaries(packager).map(([, , run]) => run)).toEqual([0, 0, 1, 1, 1]);
  });

  it("makes a jump of time a new run, not a row of gaps", () => {
    const { packager } = makePackager();
    start(packager, ["360p"]);
    pushAll(packager, { "360p": videoUnits({ frames: 60 }) });
    pushAll(packager, { "360p": videoUnits({ from90k: 90_000 * 3_600, frames: 120 }) });
    expect(packager.stats()).toMatchObject({ nextSeq: 2, gaps: 0 });
    expect(boundaries(packager).map(([, , run]) => run)).toEqual([0, 1]);
  });

  it("ends once: ENDLIST for everybody, later calls do nothing", async () => {
    const { packager } = makePackager();
    start(packager, ["360p"]);
    pushAll(packager, { "360p": videoUnits({ frames: 70 }) });
    await packager.end();
    await packager.end();
    start(packager, ["360p"]);
    expect(picture(packager, "360p")).toBe("MM");
    expect(packager.view("360p")?.body({ parts: false, delta: false })?.bytes.toString()).toMatch(
      /#EXT-X-ENDLIST\n$/,
    );
    await packager.close();
    await packager.close();
  });
});
