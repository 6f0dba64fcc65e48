import { readChunks } from "@footlight/protocols/fmp4/reader.ts";
import { describe, expect, it } from "vitest";
import type { FrameRate } from "../stream/unit.ts";
import { cutLength90k, partTarget90k } from "./part-target.ts";
import type { TrackInfo } from "./runs.ts";
import type { StreamPackager } from "./stream-packager.ts";
import {
  ASC,
  AVCC,
  audio,
  audioUnits,
  GRID,
  makePackager,
  pushAll,
  video,
  videoUnits,
} from "./synthetic-units.ts";

function start(names: string[], of: Parameters<typeof makePackager>[0] = {}): StreamPackager {
  const { packager } = makePackager({ lowLatency: true, ...of });
  const renditions = names.map((name) => (name === "audio" ? audio : video(name, name === "source")));
  packager.startRun({ grid: GRID, renditions });
  for (const name of names) packager.configure(name, name === "audio" ? ASC : AVCC);
  return packager;
}

const list = (packager: StreamPackager, name: string, delta = false): string[] =>
  packager.view(name)?.body({ parts: true, delta })?.bytes.toString().trimEnd().split("\n") ?? [];
const partLines = (lines: readonly string[]) => lines.filter((line) => line.startsWith("#EXT-X-PART:"));

describe("parts", () => {
  it("are listed as soon as their last frame is here", () => {
    const packager = start(["360p"]);
    pushAll(packager, { "360p": videoUnits({ frames: 5 }) });
    expect(list(packager, "360p")).toEqual([]);
    pushAll(packager, { "360p": videoUnits({ frames: 6 }).slice(5) });
    expect(partLines(list(packager, "360p"))).toEqual([
      '#EXT-X-PART:DURATION=0.20000,URI="0.0.m4s",INDEPENDENT=YES',
    ]);
    pushAll(packager, { "360p": videoUnits({ frames: 30 }).slice(6) });
    expect(partLines(list(packager, "360p"))).toHaveLength(5);
    expect(list(packager, "360p")).toContain('#EXT-X-PRELOAD-HINT:TYPE=PART,URI="0.5.m4s"');
  });

  it("are those that their segment is made of, byte for byte", () => {
    const packager = start(["source", "360p", "audio"]);
    const units = (name: string) => videoUnits({ frames: 61, constantRate: name !== "source" });
    pushAll(packager, {
      source: units("source"),
      "360p": units("360p"),
      audio: audioUnits({ frames: 110 }),
    });
    for (const name of ["source", "360p", "audio"]) {
      const segment = packager.media.segment(name, 0);
      if (segment === undefined || segment instanceof Promise) throw new Error(`no ${name}`);
      const parts: Uint8Array[] = [];
      for (let part = packager.media.part(name, 0, 0); part instanceof Uint8Array; ) {
        parts.push(part);
        part = packager.media.part(name, 0, parts.length);
      }
      expect(parts.length, name).toBe(name === "audio" ? 11 : 10);
      expect(Buffer.concat(parts).equals(Buffer.concat(segment.chunks)), name).toBe(true);
      const times = readChunks(Buffer.concat(parts)).map((chunk) => chunk.baseDecodeTime);
      expect(new Set(times).size, name).toBe(parts.length);
      expect(packager.media.part(name, 0, parts.length), name).toBeUndefined();
    }
  });

  it("hold whole frames of sound within the target, at least 85 % of it but the last", () => {
    const packager = start(["360p", "audio"]);
    pushAll(packager, { "360p": videoUnits({ frames: 61 }), audio: audioUnits({ frames: 110 }) });
    const lines = list(packager, "audio");
    const first = lines.slice(
      0,
      lines.findIndex((line) => line.startsWith("#EXTINF")),
    );
    const durations = partLines(first).map((line) => Number(/DURATION=([\d.]+)/.exec(line)?.[1]));
    for (const duration of durations.slice(0, -1)) {
      expect(duration).toBeLessThanOrEqual(0.2);
      expect(duration).toBeGreaterThanOrEqual(0.85 * 0.2);
    }
    expect(durations.reduce((sum, each) => sum + each, 0)).toBeCloseTo(2, 1);
    expect(partLines(lines).every((line) => line.endsWith("INDEPENDENT=YES"))).toBe(true);
  });

  it("are not made in a stream of the standard tier", () => {
    const packager = start(["360p"], { lowLatency: false });
    pushAll(packager, { "360p": videoUnits({ frames: 90 }) });
    const text = list(packager, "360p").join();
    expect(text).not.toMatch(/PART|HINT|REPORT/);
    expect(packager.media.segment("360p", 0)).toMatchObject({ chunks: [expect.anything()] });
    expect(packager.media.part("360p", 0, 0)).toBeUndefined();
    expect(packager.media.part("360p", 1, 0)).toBeUndefined();
  });

  it("are listed for the newest segments only", () => {
    const packager = start(["360p"]);
    pushAll(packager, { "360p": videoUnits({ frames: 8 * 60 + 12 }) });
    const seqs = partLines(list(packager, "360p")).map((line) => /URI="(\d+)\./.exec(line)?.[1]);
    expect([...new Set(seqs)]).toEqual(["5", "6", "7", "8"]);
  });
});

describe("hints", () => {
  it("name the next segment's first part when a segment is whole", () => {
    const packager = start(["360p"]);
    pushAll(packager, { "360p": videoUnits({ frames: 60 }) });
    expect(list(packager, "360p")).toContain('#EXT-X-PRELOAD-HINT:TYPE=PART,URI="1.0.m4s"');
    expect(packager.media.part("360p", 1, 0)).toBe("hinted");
    expect(packager.media.part("360p", 1, 1)).toBeUndefined();
    expect(packager.media.part("360p", 0, 10)).toBeUndefined();
  });

  it("are kept: whatever part was hinted is the next one", () => {
    const packager = start(["source", "audio"]);
    const units = {
      source: videoUnits({ frames: 200, constantRate: false }),
      audio: audioUnits({ frames: 320 }),
    };
    const hinted = new Map<string, string>();
    const pushOne = packager.push.bind(packager);
    packager.push = (name, unit) => {
      pushOne(name, unit);
      const view = packager.view(name);
      if (view?.edgeSeq === undefined) return;
      const newest = partLines(list(packager, name)).at(-1) ?? "";
      const { seq, part } = view.hint;
      const before = hinted.get(name);
      const next = `${seq}.${part}.m4s`;
      if (before !== undefined && before !== next) expect(newest).toContain(`"${before}"`);
      hinted.set(name, next);
    };
    pushAll(packager, units);
    expect(hinted.get("source")).toBe("3.3.m4s");
  });
});

describe("rendition reports", () => {
  it("say where every other rendition stands", () => {
    const packager = start(["source", "360p", "audio"]);
    pushAll(packager, {
      source: videoUnits({ frames: 73, constantRate: false }),
      "360p": videoUnits({ frames: 72 }),
      audio: audioUnits({ frames: 94 }),
    });
    const reports = list(packager, "source").filter((line) => line.includes("RENDITION-REPORT"));
    expect(reports).toEqual([
      '#EXT-X-RENDITION-REPORT:URI="../360p/ll.m3u8",LAST-MSN=1,LAST-PART=1',
      '#EXT-X-RENDITION-REPORT:URI="../audio/ll.m3u8",LAST-MSN=0,LAST-PART=10',
    ]);
  });
});

describe("delta updates", () => {
  it("rebuild to the whole playlist, line by line", () => {
    const packager = start(["360p"]);
    pushAll(packager, { "360p": videoUnits({ frames: 40 * 60 + 20 }) });
    const [whole, delta] = [list(packager, "360p"), list(packager, "360p", true)];
    const at = delta.findIndex((line) => line.startsWith("#EXT-X-SKIP"));
    const skipped = Number(delta[at]?.split("=")[1]);
    expect(skipped).toBe(34);
    const header = whole.findIndex((line) => line.startsWith("#EXT-X-MAP"));
    // Older segments as the player has them from before, then the rest of the delta.
    let end = header;
    for (let count = 0; count < skipped; end += 1) if (whole[end]?.endsWith(".m4s")) count += 1;
    const rebuilt = [...delta.slice(0, at), ...whole.slice(header, end), ...delta.slice(at + 1)];
    expect(rebuilt.map((line) => line.replace("VERSION:9", "VERSION:6"))).toEqual(whole);
    expect(delta.length).toBeLessThan(whole.length / 2);
  });

  it("are the whole playlist while there is nothing to leave out", () => {
    const packager = start(["360p"]);
    pushAll(packager, { "360p": videoUnits({ frames: 130 }) });
    expect(list(packager, "360p", true)).toEqual(list(packager, "360p"));
  });
});

describe("the rewind window", () => {
  it("is listed whole, and no further", () => {
    const packager = start(["360p"], { dvrWindowS: 60 });
    pushAll(packager, { "360p": videoUnits({ frames: 50 * 60 }) });
    const lines = list(packager, "360p");
    expect(lines.filter((line) => line.startsWith("#EXTINF"))).toHaveLength(30);
    expect(lines).toContain("#EXT-X-MEDIA-SEQUENCE:20");
    expect(lines.filter((line) => line.startsWith("#EXT-X-MAP"))).toHaveLength(1);
  });
});

describe("a run that ends within a segment", () => {
  it("keeps the parts that were shown as its last segment, and goes on after a discontinuity", () => {
    const packager = start(["360p", "audio"]);
    pushAll(packager, { "360p": videoUnits({ frames: 80 }), audio: audioUnits({ frames: 125 }) });
    packager.endRun();
    const lines = list(packager, "360p");
    expect(lines).toContain("#EXTINF:0.66667,");
    expect(lines).toContain('#EXT-X-PRELOAD-HINT:TYPE=PART,URI="2.0.m4s"');
    expect(packager.media.part("360p", 2, 0)).toBe("hinted");
    const renditions = [video("360p"), audio];
    packager.startRun({ grid: { origin90k: 900_000, period90k: 180_000 }, renditions });
    packager.configure("360p", AVCC);
    packager.configure("audio", ASC);
    pushAll(packager, {
      "360p": videoUnits({ frames: 12, from90k: 900_000 }),
      audio: audioUnits({ frames: 20, from90k: 900_000 }),
    });
    const resumed = list(packager, "360p");
    const at = resumed.indexOf("#EXT-X-DISCONTINUITY");
    expect(resumed.slice(at + 1, at + 4)).toEqual([
      '#EXT-X-MAP:URI="init-1.mp4"',
      expect.stringMatching(/^#EXT-X-PROGRAM-DATE-TIME/),
      '#EXT-X-PART:DURATION=0.20000,URI="2.0.m4s",INDEPENDENT=YES',
    ]);
  });

  it("makes a gap of what is given up, so that its number is not used again", async () => {
    const packager = start(["360p"]);
    pushAll(packager, { "360p": videoUnits({ frames: 80 }) });
    await packager.close();
    expect(packager.log.nextSeq).toBe(2);
    expect(packager.log.get(1)?.entries.get("360p")?.kind).toBe("gap");
  });
});

describe("PART-TARGET", () => {
  const track = ({ num, den }: FrameRate) => ({ kind: "video", fps: num / den }) as TrackInfo;
  it.each([
    [24_000, 1_001, 5],
    [24, 1, 5],
    [25, 1, 5],
    [30_000, 1_001, 6],
    [30, 1, 6],
    [50, 1, 10],
    [60, 1, 12],
  ])("is whole frames at %i/%i", (num, den, frames) => {
    const target90k = partTarget90k(200, [track({ num, den })]);
    expect(target90k).toBeCloseTo((frames * 90_000 * den) / num, 3);
    expect(cutLength90k(target90k, [track({ num, den })])).toBeCloseTo(target90k, 3);
  });

  it("follows the slowest picture, and stays when a later run has another rate", () => {
    const target90k = partTarget90k(200, [track({ num: 60, den: 1 }), track({ num: 30, den: 1 })]);
    expect(target90k).toBe(18_000);
    expect(cutLength90k(target90k, [track({ num: 24, den: 1 })])).toBe(15_000);
    expect(partTarget90k(200, [])).toBe(18_000);
  });
});
