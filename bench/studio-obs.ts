/**
 * CPU and memory of the studio beside OBS Studio (`apt-get install obs-studio`): the same scene collection of five
 * sources, the same encoder, preset and bitrate, both by RTMP to the real server, both windows open on a screen in
 * memory. They take turns, so that whatever else the machine does is in both.
 * `npm run bench -- studio-obs [turns 3] [seconds 20] [360p|720p]`
 */
import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { Display } from "../apps/desktop/e2e/display.ts";
import type { StudioSettings } from "../apps/desktop/src/contract/studio-topics.ts";
import { importObs } from "../apps/desktop/src/model/obs/import-obs.ts";
import { RestClient } from "../apps/server/src/testing/rest-client.ts";
import { TestServer } from "../apps/server/src/testing/test-server.ts";
import { median, printMachine } from "./machine.ts";
import { ObsProgram } from "./obs-program.ts";
import { percentByRole, total, type Usage, usageOfTree } from "./process-tree.ts";
import { StudioProgram } from "./studio-program.ts";
import { type Canvas, makeObsScene } from "./studio-scene.ts";

type Encoder = StudioSettings["video"]["encoder"];
interface Turn {
  readonly cpuPercent: number;
  readonly memoryMib: number;
}

const turns = Number(process.argv[2] ?? 3);
const seconds = Number(process.argv[3] ?? 20);
const only = process.argv[4];
const WARM_UP_MS = 6_000;
const WINDOW = { width: 1280, height: 800 };
const MOST_RATIO = 1.5;
const CANVASES: readonly (Canvas & { readonly name: string })[] = [
  { name: "360p", width: 640, height: 360, fps: 30, bitrateBps: 1_000_000 },
  { name: "720p", width: 1_280, height: 720, fps: 30, bitrateBps: 3_000_000 },
];

printMachine();
await using server = await TestServer.start({ LOG_LEVEL: "warn" });
await using display = await Display.open(`${WINDOW.width}x${WINDOW.height}x24`);
const folder = await mkdtemp(join(tmpdir(), "footlight-bench-"));
let users = 0;
try {
  for (const canvas of CANVASES) if (only === undefined || only === canvas.name) await compare(canvas);
} finally {
  await rm(folder, { recursive: true, force: true });
}

async function compare(canvas: (typeof CANVASES)[number]): Promise<void> {
  const scene = await makeObsScene(folder, canvas);
  const obs: Turn[] = [];
  const x264: Turn[] = [];
  const webcodecs: Turn[] = [];
  for (let turn = 1; turn <= turns; turn += 1) {
    obs.push(await turnOfObs(canvas, scene));
    x264.push(await turnOfStudio(canvas, scene, "libx264"));
    webcodecs.push(await turnOfStudio(canvas, scene, "webcodecs"));
  }
  const { name, width, height, fps } = canvas;
  const [theirs, ours, own] = [obs, x264, webcodecs].map((of) => median(of.map((each) => each.cpuPercent)));
  const ratio = (part: number | undefined) => ((part ?? Number.NaN) / (theirs ?? Number.NaN)).toFixed(2);
  console.log(
    `${name} (${width}x${height}@${fps}), medians of ${turns}: OBS ${theirs?.toFixed(0)} % of a core;` +
      ` studio with x264 ${ours?.toFixed(0)} %, ${ratio(ours)} × OBS; with its own choice (WebCodecs)` +
      ` ${own?.toFixed(0)} %, ${ratio(own)} × OBS; promised at most ${MOST_RATIO}`,
  );
}

async function turnOfObs(canvas: Canvas, scene: object): Promise<Turn> {
  const home = await mkdtemp(join(folder, "obs-"));
  const key = await newKey();
  const address = { server: `rtmp://127.0.0.1:${server.rtmpPort}/live`, key: key.stream_key };
  await using obs = await ObsProgram.start({
    ...{ home, display: display.name, window: WINDOW, scene, canvas, ...address },
  });
  await live(key.stream_id);
  return await measure("OBS", obs.pid);
}

async function turnOfStudio(canvas: Canvas, scene: object, encoder: Encoder): Promise<Turn> {
  const { width, height, fps, bitrateBps } = canvas;
  const imported = importObs(scene, { width, height, fps }, { displayId: null, microphoneId: null });
  if (imported === null || imported.unmatched.length > 0)
    throw new Error(`the scene is not imported whole: ${imported?.unmatched}`);
  const { document } = imported;
  const video: StudioSettings["video"] = {
    ...{ width, height, fps, bitrateBps, encoder, keyframeIntervalMs: 2_000 },
    ...{ effort: "balanced", bFrames: false },
  };
  const profile = await mkdtemp(join(folder, "studio-"));
  const place = { profile, display: display.name, window: WINDOW };
  await using studio = await StudioProgram.start({ ...place, document, video });
  const key = await newKey();
  await studio.goLive("rtmp", `rtmp://127.0.0.1:${server.rtmpPort}/live`, key.stream_key);
  await live(key.stream_id);
  const turn = await measure(`studio, ${encoder}`, studio.pid);
  const { renderSkippedFrames, outputSkippedFrames } = await studio.ask("GetStats");
  console.log(`  left out: ${renderSkippedFrames} pictures composing, ${outputSkippedFrames} encoding`);
  return turn;
}

async function newKey() {
  users += 1;
  const user = await RestClient.signUp(server.url, `bench${users}`);
  return user.startStream({ title: "Bench" });
}

async function live(streamId: string): Promise<void> {
  const late = Date.now() + 30_000;
  while ((await new RestClient(server.url).stream(streamId)).status !== "live") {
    if (Date.now() > late) throw new Error("it does not go live");
    await new Promise((resolve) => setTimeout(resolve, 100));
  }
}

async function measure(name: string, pid: number): Promise<Turn> {
  await new Promise((resolve) => setTimeout(resolve, WARM_UP_MS));
  const read = (): { atMs: number; usage: Usage; screen: Usage } => ({
    ...{ atMs: performance.now(), usage: usageOfTree(pid), screen: usageOfTree(display.pid) },
  });
  const before = read();
  await new Promise((resolve) => setTimeout(resolve, seconds * 1_000));
  const after = read();
  const elapsedS = (after.atMs - before.atMs) / 1_000;
  const used = (of: "usage" | "screen") =>
    ((total(after[of], "cpuSeconds") - total(before[of], "cpuSeconds")) * 100) / elapsedS;
  const roles = percentByRole(before.usage, after.usage, elapsedS)
    .filter(([, percent]) => percent >= 0.5)
    .map(([role, percent]) => {
      const mib = (after.usage.get(role)?.pssBytes ?? 0) / 2 ** 20;
      return `${role} ${percent.toFixed(1)} % ${mib.toFixed(0)} MiB`;
    });
  const turn = { cpuPercent: used("usage"), memoryMib: total(after.usage, "pssBytes") / 2 ** 20 };
  console.log(
    `${name}: ${turn.cpuPercent.toFixed(1)} % of a core, ${turn.memoryMib.toFixed(0)} MiB (PSS);` +
      ` the screen beside it ${used("screen").toFixed(1)} %. ${roles.join(", ")}`,
  );
  return turn;
}
