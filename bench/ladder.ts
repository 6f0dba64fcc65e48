/**
 * The six-rung 1080p60 plan as CPU-seconds on a file at free speed: our transcoder and packager (this
 * process and its ffmpeg) against one bare ffmpeg with the same arguments that reads the same media
 * from a file and writes to /dev/null. Live it would take more cores than small machines have.
 */
import { execFileSync } from "node:child_process";
import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { DEFAULT_LADDER, type StreamId } from "@footlight/shared";
import { pino } from "pino";
import { MemorySegmentIndex } from "../apps/server/src/packager/memory-segment-index.ts";
import { PackagerManager } from "../apps/server/src/packager/packager-manager.ts";
import { DiskBlobStore } from "../apps/server/src/platform/blob/disk-blob-store.ts";
import { systemSpawn } from "../apps/server/src/platform/child-process.ts";
import { systemClock } from "../apps/server/src/platform/clock.ts";
import type { StreamEvent } from "../apps/server/src/stream/subscription.ts";
import { Transcoder } from "../apps/server/src/transcode/transcoder.ts";
import { BUNDLED_FFMPEG, type Material, material } from "../apps/server/test/transcode-harness.ts";
import { cpuSecondsOfTree, printMachine } from "./machine.ts";

const seconds = Number(process.argv[2] ?? 6);
/** How far the source may run ahead of what came out: a file has no real time that paces it. */
const AHEAD_MS = 1_000;

printMachine();
const folder = await mkdtemp(join(tmpdir(), "footlight-ladder-"));
try {
  const passed = await compare("top rung passed through", "-g 120 -sc_threshold 0");
  const encoded = await compare("every rung encoded", "-g 500");
  console.log(`passed through ÷ every rung by bare ffmpeg: ${(passed.ours / encoded.bare).toFixed(2)}`);
} finally {
  await rm(folder, { recursive: true, force: true });
}

async function compare(what: string, gop: string): Promise<{ ours: number; bare: number }> {
  const source = `-f lavfi -i testsrc2=size=1920x1080:rate=60,noise=alls=8:allf=t -f lavfi -i sine=sample_rate=48000
    -t ${seconds} -c:v libx264 -preset ultrafast -bf 0 -b:v 8M -pix_fmt yuv420p ${gop} -c:a aac`;
  const media = await material(source, { width: 1920, height: 1080 });
  const { cpu: ours, args } = await throughUs(media);
  const file = join(folder, "media.ts");
  execFileSync(BUNDLED_FFMPEG, [
    "-v",
    "error",
    "-y",
    ...source.split(/\s+/).filter(Boolean),
    "-f",
    "mpegts",
    file,
  ]);
  const outputs = args
    .slice(args.indexOf("-i") + 2)
    .map((arg) => (/^pipe:\d+$/.test(arg) ? "/dev/null" : arg));
  const before = cpuSecondsOfTree(process.pid);
  execFileSync(BUNDLED_FFMPEG, ["-v", "error", "-y", "-i", file, ...outputs]);
  const bare = cpuSecondsOfTree(process.pid) - before;
  console.log(
    `${what}, ${seconds} s of media: ours ${ours.toFixed(1)}, bare ffmpeg ${bare.toFixed(1)} CPU-s, ratio ${(ours / bare).toFixed(2)}`,
  );
  return { ours, bare };
}

async function throughUs({ tracks, units }: Material): Promise<{ cpu: number; args: readonly string[] }> {
  const logger = pino({ level: "warn" });
  const packagers = new PackagerManager({
    settings: {
      liveWindowSegments: 10,
      dvrWindowS: 60,
      targetDurationS: 2,
      partTargetMs: 200,
      minFreeBytes: 0,
    },
    blobs: await DiskBlobStore.create(join(folder, "blobs")),
    index: new MemorySegmentIndex(),
    directory: { find: async () => undefined, expired: async () => [] },
    clock: systemClock,
    logger,
  });
  const streamId = `bench-${units.length}-${Date.now()}` as StreamId;
  const packager = await packagers.open(streamId, {
    epochMs: Date.now(),
    recording: false,
    lowLatency: false,
  });
  let args: readonly string[] = [];
  const before = cpuSecondsOfTree(process.pid);
  const transcoder: Transcoder = new Transcoder({
    subscribe: () => ({ droppedUnits: 0, close: () => {}, [Symbol.asyncIterator]: feed }),
    sink: packager,
    settings: {
      ffmpegPath: BUNDLED_FFMPEG,
      encoder: "x264",
      ladder: DEFAULT_LADDER.map((rung) => ({ ...rung, alwaysOn: true })),
      gopS: 2,
      latencyMode: "low",
    },
    clock: systemClock,
    logger,
    spawn: (command, given, options) => {
      args = given;
      return systemSpawn(command, given, options);
    },
  });
  await transcoder.done;
  await packagers.close();
  const stats = transcoder.stats();
  if (stats.rungsDropped.length > 0 || stats.droppedUnits > 0)
    console.log("not comparable: media was dropped", stats);
  return { cpu: cpuSecondsOfTree(process.pid) - before, args };

  async function* feed(): AsyncGenerator<StreamEvent> {
    yield { type: "tracks", tracks, restart: true, frameRate: { num: 60, den: 1 } };
    for (const unit of units) {
      while (transcoder.stats().lagMs > AHEAD_MS) await new Promise((resolve) => setTimeout(resolve, 2));
      yield { type: "unit", unit };
    }
    yield { type: "ended" };
  }
}
