import type { StreamId } from "@footlight/shared";
import { pino } from "pino";
import { describe, expect, it } from "vitest";
import type { BlobStore } from "../platform/blob/blob-store.ts";
import { pictureIntervalS, tileSize } from "./sheet.ts";
import { writeStoryboard } from "./storyboard-vtt.ts";
import { Storyboards } from "./storyboards.ts";

const ID = "stream-one" as StreamId;

class MemoryBlobs implements BlobStore {
  readonly kept = new Map<string, Uint8Array>();
  put = async (key: string, data: Uint8Array | readonly Uint8Array[]) =>
    void this.kept.set(key, data instanceof Uint8Array ? data : Buffer.concat([...data]));
  get = async (key: string) => this.kept.get(key);
  delete = async (keys: readonly string[]) => keys.forEach((key) => void this.kept.delete(key));
  deletePrefix = async () => {};
  freeBytes = async () => Number.POSITIVE_INFINITY;
  sheets = () => [...this.kept.keys()].filter((key) => key.endsWith(".jpg"));
}

const setUp = (facts: { dvrWindowS?: number; recording?: boolean; full?: boolean } = {}) => {
  const blobs = new MemoryBlobs();
  const composed: number[] = [];
  const build = () => {
    const storyboards = new Storyboards({
      blobs,
      canStore: async () => facts.full !== true,
      compose: async (pictures) => {
        composed.push(pictures.length);
        return Buffer.concat([...pictures]);
      },
      dvrWindowS: facts.dvrWindowS ?? 7_200,
      logger: pino({ level: "silent" }),
    });
    storyboards.open(ID, facts.recording ?? false);
    return storyboards;
  };
  return { blobs, composed, build };
};

const picture = (atS: number, shape = { width: 1920, height: 1080 }) => ({
  at90k: atS * 90_000,
  ...shape,
  jpeg: Uint8Array.of(atS % 256),
});
const fill = async (storyboards: Storyboards, fromS: number, toS: number) => {
  for (let atS = fromS; atS < toS; atS += 10) await storyboards.add(ID, picture(atS));
};
const textOf = async (storyboards: Storyboards) => (await storyboards.vtt(ID))?.bytes.toString() ?? "";
const urls = async (storyboards: Storyboards) => (await textOf(storyboards)).match(/^storyboard-.*$/gm) ?? [];

describe("Storyboards", () => {
  it("show the newest sheet before it is full, composed once for all who ask", async () => {
    const { composed, build } = setUp();
    const storyboards = build();
    await fill(storyboards, 0, 70);
    expect((await urls(storyboards)).slice(4, 7)).toEqual([
      "storyboard-0.jpg?v=7#xywh=640,0,160,90",
      "storyboard-0.jpg?v=7#xywh=0,90,160,90",
      "storyboard-0.jpg?v=7#xywh=160,90,160,90",
    ]);
    const [one, other] = await Promise.all([storyboards.sheet(ID, 0), storyboards.sheet(ID, 0)]);
    expect(one).toEqual({ bytes: Buffer.from([0, 10, 20, 30, 40, 50, 60]), sealed: false });
    expect(other).toEqual(one);
    expect(composed).toEqual([7]);
    expect(await storyboards.sheet(ID, 1)).toBeUndefined();
  });

  it("store a full sheet and begin the next one", async () => {
    const { blobs, build } = setUp();
    const storyboards = build();
    await fill(storyboards, 0, 260);
    expect(blobs.sheets()).toEqual(["streams/stream-one/storyboard/0.jpg"]);
    expect(await storyboards.sheet(ID, 0)).toMatchObject({ sealed: true });
    expect(await storyboards.sheet(ID, 1)).toMatchObject({ sealed: false });
    expect((await urls(storyboards)).at(-1)).toBe("storyboard-1.jpg?v=1#xywh=0,0,160,90");
  });

  it("take no picture before its time, and none twice", async () => {
    const { build } = setUp();
    const storyboards = build();
    for (const atS of [0, 2, 6, 8, 10, 10, 18]) await storyboards.add(ID, picture(atS));
    const vtt = await textOf(storyboards);
    expect(vtt.match(/^\S+ -->/gm)).toEqual(["00:00:00.000 -->", "00:00:08.000 -->", "00:00:18.000 -->"]);
  });

  it("begin a sheet of their own for a picture of another shape", async () => {
    const { build } = setUp();
    const storyboards = build();
    await storyboards.add(ID, picture(0));
    await storyboards.add(ID, picture(10, { width: 720, height: 1280 }));
    expect(await urls(storyboards)).toEqual([
      "storyboard-0.jpg?v=1#xywh=0,0,160,90",
      "storyboard-1.jpg?v=1#xywh=0,0,90,160",
    ]);
  });

  it("go on after a restart, and are there for a stream at rest", async () => {
    const { build } = setUp();
    const before = build();
    await fill(before, 0, 30);
    await before[Symbol.asyncDispose]();
    expect(await urls(before)).toHaveLength(3);
    expect(await before.sheet(ID, 0)).toMatchObject({ sealed: true });
    const after = build();
    await fill(after, 40, 60);
    expect((await urls(after)).map((url) => url.split("#")[0])).toEqual([
      ...["storyboard-0.jpg?v=3", "storyboard-0.jpg?v=3", "storyboard-0.jpg?v=3"],
      ...["storyboard-1.jpg?v=2", "storyboard-1.jpg?v=2"],
    ]);
  });

  it("forget what left the rewind window, but not of a stream that is recorded", async () => {
    for (const recording of [false, true]) {
      const { blobs, build } = setUp({ dvrWindowS: 300, recording });
      const storyboards = build();
      await fill(storyboards, 0, 800);
      const oldest = (await textOf(storyboards)).match(/^\S+ -->/m)?.[0];
      expect([oldest, blobs.sheets().length]).toEqual(
        recording ? ["00:00:00.000 -->", 3] : ["00:04:10.000 -->", 2],
      );
    }
  });

  it("leave out what there is no space for", async () => {
    const { blobs, build } = setUp({ full: true });
    const storyboards = build();
    await fill(storyboards, 0, 260);
    expect(blobs.kept.size).toBe(0);
    expect(await urls(storyboards)).toEqual(["storyboard-1.jpg?v=1#xywh=0,0,160,90"]);
  });

  it("know nothing of other streams", async () => {
    const storyboards = setUp().build();
    expect(await storyboards.vtt("another-one" as StreamId)).toBeUndefined();
    expect(await storyboards.sheet("another-one" as StreamId, 0)).toBeUndefined();
  });
});

describe("the storyboard's shape", () => {
  it("has even tiles whose longer side is 160", () => {
    expect(tileSize(1920, 1080)).toEqual({ width: 160, height: 90 });
    expect(tileSize(854, 480)).toEqual({ width: 160, height: 90 });
    expect(tileSize(1080, 1920)).toEqual({ width: 90, height: 160 });
    expect(tileSize(4000, 10)).toEqual({ width: 160, height: 2 });
  });

  it("has at most about 720 pictures in a window", () => {
    expect([60, 7_200, 86_400].map(pictureIntervalS)).toEqual([10, 10, 120]);
  });

  it("shows nothing for a time at which nothing was streamed", () => {
    const at90k = [0, 10, 60].map((seconds) => seconds * 90_000);
    const text = writeStoryboard([{ number: 0, tileWidth: 160, tileHeight: 90, at90k }], 10);
    expect(text.match(/^.*-->.*$/gm)).toEqual([
      "00:00:00.000 --> 00:00:10.000",
      "00:00:10.000 --> 00:00:20.000",
      "00:01:00.000 --> 00:01:10.000",
    ]);
  });
});
