import { execFile } from "node:child_process";
import { copyFile, mkdtemp, readdir, readFile, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { basename, join } from "node:path";
import { promisify } from "node:util";
import { afterAll, beforeAll, expect, it, vi } from "vitest";
import { skewsMs } from "../../server/src/testing/flash-beep.ts";
import type { FromEncoder, RecordingOrder } from "../src/contract/encoder-control.ts";
import { chaptersOf } from "../src/testing/chapters-of.ts";
import { EncoderHarness, target } from "./encoder-harness.ts";

const WAIT = { timeout: 25_000, interval: 50 };
const { encode } = target({ url: "", key: "" });

let folder: string;
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), "footlight-record-"));
});
afterAll(() => rm(folder, { recursive: true, force: true }));

interface Probed {
  readonly streams: readonly { readonly codec_type: string }[];
  readonly packets: readonly {
    readonly codec_type: string;
    readonly pts_time: string;
    readonly dts_time: string;
  }[];
}
async function probe(path: string): Promise<Probed> {
  const args = ["-v", "error", "-show_streams", "-show_packets", "-of", "json", path];
  const { stdout, stderr } = await promisify(execFile)("ffprobe", args, { maxBuffer: 64 * 2 ** 20 });
  expect(stderr).toBe("");
  return JSON.parse(stdout) as Probed;
}
const timesOf = ({ packets }: Probed, kind: string): number[] =>
  packets.filter(({ codec_type }) => codec_type === kind).map(({ pts_time }) => Number(pts_time));
const AAC_FRAME_S = 1024 / 48_000;
const largestStep = (times: readonly number[]): number =>
  Math.max(...times.slice(1).map((time, at) => time - (times[at] ?? 0)));

/** Milliseconds from each flash to its beep; more than half a second is another one's. */
async function skews(path: string): Promise<number[]> {
  const words = async (filter: readonly string[]): Promise<string> => {
    const args = ["-hide_banner", "-nostats", "-i", path, ...filter, "-f", "null", "-"];
    return (await promisify(execFile)("ffmpeg", args, { maxBuffer: 64 * 2 ** 20 })).stderr;
  };
  const shown = await words(["-an", "-vf", "scale=2:2,format=gray,showinfo"]);
  const frames = [...shown.matchAll(/pts_time:\s*([\d.-]+).*?mean:\[(\d+)/g)].map(([, time, mean]) => ({
    time: Number(time),
    white: Number(mean) > 180,
  }));
  const flashes = frames.filter(({ white }, at) => white && frames[at - 1]?.white === false);
  const heard = await words(["-vn", "-af", "silencedetect=noise=-30dB:d=0.3"]);
  const beeps = [...heard.matchAll(/silence_end: ([\d.-]+)/g)].map(([, time]) => Number(time));
  return skewsMs(
    flashes.map(({ time }) => time),
    beeps,
  );
}

const start = (name: string, over: Partial<RecordingOrder> = {}) => ({
  kind: "start-recording" as const,
  recording: {
    path: join(folder, name),
    container: "mp4" as const,
    encode,
    audioBitrateBps: 128_000,
    tracks: [1],
    ...over,
  },
});
const recordingStates = (harness: EncoderHarness): string[] =>
  harness.events.flatMap((event) => (event.kind === "recording" ? [event.state] : []));
const eventOf = <K extends FromEncoder["kind"]>(harness: EncoderHarness, kind: K, state: string) =>
  harness.events.find((event) => event.kind === kind && "state" in event && event.state === state);

it.concurrent("records several tracks, is whole wherever it is cut off, pauses, splits, remuxes", async () => {
  await using harness = await EncoderHarness.start();
  const { encoder } = harness;
  /** Of the recording so far, by its last figures. */
  const durationMs = (): number => {
    const last = harness.events.findLast((event) => event.kind === "figures");
    return last?.kind === "figures" ? (last.recording?.durationMs ?? 0) : 0;
  };
  const recorded = (ms: number) => vi.waitFor(() => expect(durationMs()).toBeGreaterThan(ms), WAIT);

  /** Where a marker of this id was put, as a chapter is read from a file. */
  const marked = async (id: number, name: string) => {
    const told = harness.events.length;
    encoder.onOrder({ kind: "mark-recording", id, name });
    const isIt = (event: FromEncoder) => event.kind === "marker" && event.id === id;
    await vi.waitFor(() => expect(harness.events.slice(told).some(isIt)).toBe(true), WAIT);
    const marker = harness.events.findLast(isIt);
    if (marker?.kind !== "marker") throw new Error("no marker");
    return { path: basename(marker.path ?? ""), chapter: `${(marker.timeMs / 1000).toFixed(2)} ${name}` };
  };

  encoder.onOrder(start("a.mp4", { tracks: [1, 2] }));
  const early = await marked(0, "Begin");
  await recorded(3_000);
  const middle = await marked(1, "Kiln opens");
  // What a killed process leaves behind.
  await copyFile(join(folder, "a.mp4"), join(folder, "cut.mp4"));
  encoder.onOrder({ kind: "pause-recording", paused: true });
  const pausedMs = performance.now();
  const inPause = await marked(2, "Back");
  await vi.waitFor(() => expect(performance.now() - pausedMs).toBeGreaterThan(1_500), WAIT);
  const before = durationMs();
  encoder.onOrder({ kind: "pause-recording", paused: false });
  await recorded(before + 1_500);
  encoder.onOrder({ kind: "split-recording" });
  await vi.waitFor(() => expect(recordingStates(harness)).toContain("split"), WAIT);
  await recorded(before + 4_000);
  const split = await marked(3, "Part two");
  encoder.onOrder({ kind: "stop-recording" });
  await vi.waitFor(() => expect(recordingStates(harness)).toContain("saved"), WAIT);
  expect(recordingStates(harness)).toEqual(["started", "paused", "resumed", "split", "saved"]);

  expect([early, middle, inPause, split].map(({ path }) => path)).toEqual([
    ...["a.mp4", "a.mp4", "a.mp4", "a-2.mp4"],
  ]);
  expect(await chaptersOf(join(folder, "cut.mp4"))).toEqual([early.chapter, middle.chapter]);
  expect(Number.parseFloat(middle.chapter)).toBeGreaterThan(2.5);
  // Where the pause was, however long it took.
  expect(Math.abs(Number.parseFloat(inPause.chapter) - before / 1000)).toBeLessThan(0.1);
  // Named when all is over: it stays where it was set.
  const later = { ...middle, chapter: (await marked(1, "Ofen")).chapter };
  expect(later.chapter).toBe(middle.chapter.replace("Kiln opens", "Ofen"));
  const kept = [early.chapter, later.chapter, inPause.chapter];
  expect(await chaptersOf(join(folder, "a.mp4"))).toEqual(kept);
  expect(await chaptersOf(join(folder, "a-2.mp4"))).toEqual([split.chapter]);

  const cut = await probe(join(folder, "cut.mp4"));
  expect(cut.streams.map(({ codec_type }) => codec_type)).toEqual(["video", "audio", "audio"]);
  expect(timesOf(cut, "video").at(-1)).toBeGreaterThan(0.9);
  const whole = await probe(join(folder, "a.mp4"));
  const pictures = timesOf(whole, "video");
  const sounds = timesOf(whole, "audio");
  // The pause is not in it; a busy machine's engine may leave a few frames out.
  expect(largestStep(pictures)).toBeLessThan(1.4);
  expect(Math.abs((pictures.at(-1) ?? 0) - (sounds.at(-1) ?? 0))).toBeLessThan(1);
  // A flash whose first picture was left out, or which the pause cut, is off by its own length.
  const offMs = (await skews(join(folder, "a.mp4"))).sort((x, y) => x - y);
  expect(offMs.length).toBeGreaterThanOrEqual(3);
  expect(Math.abs(offMs[offMs.length >> 1] ?? Number.NaN), `${offMs}`).toBeLessThan(34);
  expect((await probe(join(folder, "a-2.mp4"))).streams).toHaveLength(3);

  encoder.onOrder({ kind: "remux", from: join(folder, "a.mp4"), to: join(folder, "plain.mp4") });
  await vi.waitFor(() => expect(eventOf(harness, "remux", "done")).toBeDefined(), WAIT);
  const plain = await probe(join(folder, "plain.mp4"));
  expect(timesOf(plain, "video").length).toBe(pictures.length);
  // The chapters are a track of their own as well: some players know only these.
  expect(plain.streams.map(({ codec_type }) => codec_type)).toEqual(["video", "audio", "audio", "data"]);
  expect(await chaptersOf(join(folder, "plain.mp4"))).toEqual(kept);
  expect(harness.faults()).toEqual([]);
});

it.concurrent("loses no sound where it goes on in another file", async () => {
  await using harness = await EncoderHarness.start();
  const given = () => harness.engine.given.get("e1") ?? [];
  harness.encoder.onOrder(start("c.mp4"));
  await vi.waitFor(() => expect(given().length).toBeGreaterThan(45), WAIT);
  harness.encoder.onOrder({ kind: "split-recording" });
  await vi.waitFor(() => expect(recordingStates(harness)).toContain("split"), WAIT);
  harness.encoder.onOrder({ kind: "stop-recording" });
  await vi.waitFor(() => expect(recordingStates(harness)).toContain("saved"), WAIT);

  const [before, after] = await Promise.all(["c.mp4", "c-2.mp4"].map((name) => probe(join(folder, name))));
  if (before === undefined || after === undefined) throw new Error("two files were expected");
  // The engine may have left out pictures before the one that begins the second file.
  const splitFrame = (given()[timesOf(before, "video").length] ?? 0) - (given()[0] ?? 0);
  const soundEndS = (timesOf(before, "audio").at(-1) ?? 0) + AAC_FRAME_S;
  const soundBeginS = timesOf(after, "audio")[0] ?? Number.NaN;
  expect(Math.abs(splitFrame / encode.fps + soundBeginS - soundEndS)).toBeLessThan(0.003);
});

it.concurrent("records Matroska, saves the last seconds, and shares one encode for both", async () => {
  await using harness = await EncoderHarness.start();
  const { encoder } = harness;
  encoder.onOrder({ kind: "replay-buffer", seconds: 2, encode });
  encoder.onOrder(start("b.mkv", { container: "mkv" }));
  await vi.waitFor(() => expect(harness.engine.given.get("e1")?.length ?? 0).toBeGreaterThan(150), WAIT);
  encoder.onOrder({ kind: "mark-recording", id: 7, name: "Über 🏺" });
  encoder.onOrder({ kind: "save-replay", path: join(folder, "replay.mp4") });
  await vi.waitFor(() => expect(eventOf(harness, "replay", "saved")).toBeDefined(), WAIT);
  encoder.onOrder({ kind: "stop-recording" });
  await vi.waitFor(() => expect(recordingStates(harness)).toEqual(["started", "saved"]), WAIT);

  expect(harness.engine.asked.filter(({ kind }) => kind === "encode")).toHaveLength(1);
  const replay = timesOf(await probe(join(folder, "replay.mp4")), "video");
  expect(replay.at(-1)).toBeGreaterThan(1.5);
  expect(replay.at(-1)).toBeLessThan(3.5);
  const movie = await probe(join(folder, "b.mkv"));
  expect(await chaptersOf(join(folder, "b.mkv"))).toEqual([expect.stringMatching(/^[3-9]\.\d\d Über 🏺$/)]);
  expect(timesOf(movie, "video").length).toBeGreaterThan(100);
  expect(timesOf(movie, "audio").length).toBeGreaterThan(100);
  expect((await readdir(folder)).filter((name) => /raw|part/.test(name))).toEqual([]);
});

it.concurrent("says so when a file cannot be written, and does not touch one that is there", async () => {
  await using harness = await EncoderHarness.start();
  harness.encoder.onOrder(start("no/such/folder.mp4"));
  const causes = () =>
    harness.events.flatMap((event) => (event.kind === "recording" ? [`${event.state} ${event.cause}`] : []));
  await vi.waitFor(() => expect(causes()).toContain("failed ENOENT"), WAIT);
  await writeFile(join(folder, "mine.mp4"), "mine");
  harness.encoder.onOrder(start("mine.mp4"));
  await vi.waitFor(() => expect(causes()).toContain("failed EEXIST"), WAIT);
  expect(await readFile(join(folder, "mine.mp4"), "utf8")).toBe("mine");
});
