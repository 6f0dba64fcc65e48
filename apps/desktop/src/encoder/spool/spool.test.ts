import { appendFile, mkdir, mkdtemp, readdir, rename, rm, truncate } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { FlvReader } from "@footlight/protocols/flv/flv-file.ts";
import { afterEach, beforeEach, expect, test } from "vitest";
import type { PictureUnit, SoundUnit, Unit } from "../units.ts";
import { pieceOf } from "./piece.ts";
import { rangesOf } from "./ranges.ts";
import { Spool } from "./spool.ts";
import { SpoolStore } from "./spool-store.ts";

const FRAME_US = 100_000;
const SOURCE = 7;
const picture = (frame: number): PictureUnit => ({
  kind: "picture",
  encode: "e",
  ptsUs: frame * FRAME_US,
  dtsUs: frame * FRAME_US,
  key: frame % 10 === 0,
  data: Buffer.from(`picture ${frame}`),
  config: Buffer.from([1]),
  frame,
  source: SOURCE,
  captureMs: 0,
});
const sound = (frame: number): SoundUnit => ({
  kind: "sound",
  track: 1,
  ptsUs: frame * FRAME_US + 1_000,
  data: Buffer.from(`sound ${frame}`),
  config: Buffer.from([2]),
});

const SERVER = "http://server.example";
const head = { target: "t", url: `${SERVER}/api/v1/streams/s/backfill` };
const spools: Spool[] = [];
const faults: string[] = [];
const onFault = (cause: string) => void faults.push(cause);
let folder: string;
function newSpool(maxBytes = 1_000_000): Spool {
  const spool = new Spool({ folder, head, maxBytes, onFault });
  spools.push(spool);
  return spool;
}
beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), "footlight-spool-"));
});
afterEach(async () => {
  for (const spool of spools.splice(0)) await spool.close();
  faults.length = 0;
  await rm(folder, { recursive: true });
});
/** As if another process had written it. */
async function orphan(): Promise<string> {
  const [name = ""] = await readdir(folder);
  await rename(join(folder, name), join(folder, `0-${name}`));
  return `0-${name}`;
}
const feed = (spool: Spool, from: number, to: number): void => {
  for (let frame = from; frame <= to; frame += 1) {
    spool.push(picture(frame));
    spool.push(sound(frame));
  }
};
const bounds = { bytes: 1_000_000, pictures: 1_000 };
const words = (units: readonly Unit[]): string[] => units.map(({ data }) => Buffer.from(data).toString());

test("keeps what comes in trouble and the ten seconds before, nothing else", () => {
  const spool = newSpool();
  feed(spool, 0, 199);
  expect(spool.ranges().size).toBe(0);
  spool.begin(0);
  feed(spool, 200, 219);
  spool.end();
  feed(spool, 220, 230);
  expect(spool.ranges().get(SOURCE)).toEqual([{ from: 100, to: 219 }]);
  // Trouble again: what was kept is not kept twice.
  spool.begin(0);
  expect(spool.ranges().get(SOURCE)).toEqual([{ from: 100, to: 230 }]);
});

test("gives back a range's pictures with the sound beside them, as far as they fit", async () => {
  const spool = newSpool();
  spool.begin(0);
  feed(spool, 0, 9);
  expect(words(await spool.read(SOURCE, { from: 3, to: 4 }, bounds))).toEqual([
    "picture 3",
    "sound 3",
    "picture 4",
    "sound 4",
  ]);
  const few = await spool.read(SOURCE, { from: 3, to: 9 }, { bytes: 20, pictures: 1_000 });
  expect(words(few)).toEqual(["picture 3", "sound 3", "picture 4", "sound 4"]);
});

test("forgets what the server has, and begins anew when nothing is left", async () => {
  const spool = newSpool(300);
  spool.begin(0);
  feed(spool, 0, 9);
  expect(faults).toEqual([]);
  spool.keepOnly(SOURCE, [{ from: 2, to: 3 }]);
  expect(spool.ranges().get(SOURCE)).toEqual([{ from: 2, to: 3 }]);
  spool.end();
  spool.keepOnly(SOURCE, []);
  expect(spool.pictures).toBe(0);
  spool.begin(0);
  feed(spool, 10, 15);
  expect(words(await spool.read(SOURCE, { from: 15, to: 15 }, bounds))).toEqual(["picture 15", "sound 15"]);
});

test("full: the newest are not kept, and it is said once", () => {
  const spool = newSpool(100);
  spool.begin(0);
  feed(spool, 0, 50);
  expect(spool.pictures).toBeGreaterThan(3);
  expect(spool.pictures).toBeLessThan(10);
  expect(faults).toEqual(["spool_full"]);
});

test("what a process that died has kept is found, read and forgotten by the next one", async () => {
  const spool = newSpool();
  spool.begin(50_000);
  feed(spool, 0, 9);
  await spool.close();
  const name = await orphan();
  expect(await SpoolStore.leftIn(folder)).toEqual([name]);
  // Half a line, as a kill leaves it; and bytes that never came.
  await appendFile(join(folder, name, "index.jsonl"), '{"kind":"sound","order":99,');
  await truncate(join(folder, name, "units"), 95);

  expect(await Spool.recover(folder, name, "http://other.example", onFault)).toBeUndefined();
  const found = await Spool.recover(folder, name, SERVER, onFault);
  if (found === undefined) throw new Error("nothing was found");
  spools.push(found.spool);
  expect([found.head, found.baseUs, await SpoolStore.leftIn(folder)]).toEqual([head, 50_000, []]);
  expect(found.spool.ranges().get(SOURCE)).toEqual([{ from: 0, to: 5 }]);
  const units = await found.spool.read(SOURCE, { from: 4, to: 5 }, bounds);
  expect(words(units)).toEqual(["picture 4", "sound 4", "picture 5"]);
  expect(units[0]).toEqual(picture(4));
  found.spool.drop(SOURCE, { from: 0, to: 5 });
  await found.spool.close();
  expect(await readdir(folder)).toEqual([]);
  expect(faults).toEqual([]);
});

test("nothing is left of what the server has; what cannot be read goes", async () => {
  const spool = newSpool();
  spool.begin(0);
  feed(spool, 0, 9);
  spool.end();
  spool.keepOnly(SOURCE, []);
  await spool.close();
  expect(await readdir(folder)).toEqual([]);
  await mkdir(join(folder, "0-broken"));
  expect(await Spool.recover(folder, "0-broken", SERVER, onFault)).toBeUndefined();
  expect(await readdir(folder)).toEqual([]);
});

test("a piece has the headers in front and the times of the wire", () => {
  const tags = new FlvReader().push(pieceOf([picture(3), sound(3), picture(4)], (us) => us / 1000 - 100));
  expect(tags.map(({ type, timestamp }) => [type, timestamp])).toEqual([
    [9, 200],
    [9, 200],
    [8, 201],
    [8, 201],
    [9, 300],
  ]);
});

test("ranges of numbers", () => {
  expect(rangesOf([5, 3, 4, 9, 1, 4])).toEqual([
    { from: 1, to: 1 },
    { from: 3, to: 5 },
    { from: 9, to: 9 },
  ]);
});
