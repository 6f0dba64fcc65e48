/**
 * Serving from memory: the media origin against a bare node:http server that sends the same bytes.
 * Run: `npx tsx bench/origin.ts` (needs `wrk`: `apt-get install wrk`). Each server is a process of
 * its own; they are measured in turns, so that a busy machine is unfair to both alike.
 */
import { type ChildProcess, execFile, fork } from "node:child_process";
import { once } from "node:events";
import { createServer, type RequestListener } from "node:http";
import type { AddressInfo } from "node:net";
import { cpus, loadavg } from "node:os";
import { fileURLToPath } from "node:url";
import { promisify } from "node:util";
import { writeChunk } from "@footlight/protocols/fmp4/chunk.ts";
import { MediaOrigin } from "../apps/server/src/packager/origin.ts";
import {
  AVCC,
  GRID,
  makePackager,
  STREAM,
  silent,
  video,
} from "../apps/server/src/packager/synthetic-units.ts";

const SEGMENT_BYTES = 100_000;
const FRAMES = 60;
const ROUNDS = 4;
const SECONDS = 3;
const CONNECTIONS = 50;
const PATH = `/media/${STREAM}/360p/1.m4s`;
const SERVERS = ["bare", "origin", "pieces"] as const;
type ServerName = (typeof SERVERS)[number];

const WORDS: Record<ServerName, string> = {
  bare: "bare node:http",
  origin: "media origin",
  pieces: "bare, each frame a piece of a writev",
};

const run = promisify(execFile);

/** A packager with a few segments of the wanted size. */
function makeOrigin() {
  const { packager } = makePackager();
  packager.startRun({ grid: GRID, renditions: [video("360p")] });
  packager.configure("360p", AVCC);
  const data = Buffer.alloc(Math.round(SEGMENT_BYTES / FRAMES), 1);
  for (let frame = 0; frame < 4 * FRAMES; frame += 1) {
    const time = frame * 3_000;
    packager.push("360p", {
      dts90k: time,
      pts90k: time,
      duration90k: 3_000,
      keyframe: frame % FRAMES === 0,
      data,
    });
  }
  const origin = new MediaOrigin({
    packagers: { find: () => packager },
    thumbnail: () => undefined,
    logger: silent,
  });
  const media = packager.media.segment("360p", 1);
  if (media === undefined || media instanceof Promise) throw new Error("no segment");
  return { origin, bytes: Buffer.concat(media.chunks) };
}

function listener(name: ServerName): RequestListener {
  const { origin, bytes } = makeOrigin();
  if (name === "origin") return (req, res) => void origin.handle(req, res);
  const headers = { "content-type": "video/mp4", "content-length": bytes.length };
  if (name === "bare") return (_req, res) => void res.writeHead(200, headers).end(bytes);
  // What the alternative to one buffer a chunk would cost: each frame its own piece of a writev.
  const size = Math.ceil(bytes.length / FRAMES);
  const pieces = Array.from({ length: FRAMES }, (_, at) => bytes.subarray(at * size, (at + 1) * size));
  return (_req, res) => {
    res.writeHead(200, headers);
    res.cork();
    for (const piece of pieces) res.write(piece);
    res.end();
  };
}

async function serve(name: ServerName): Promise<void> {
  const server = createServer(listener(name)).listen(0, "127.0.0.1");
  await once(server, "listening");
  process.send?.((server.address() as AddressInfo).port);
  process.on("message", () => {
    const { user, system } = process.cpuUsage();
    process.send?.((user + system) / 1e6);
  });
  process.once("disconnect", () => process.exit(0));
}

interface Rate {
  readonly perSecond: number;
  /** By the server's own processor time: what a machine that others use too can tell. */
  readonly perCpuSecond: number;
}

async function cpuSeconds(child: ChildProcess): Promise<number> {
  child.send("cpu");
  return (await once(child, "message"))[0] as number;
}

async function measure(child: ChildProcess, url: string, seconds: number): Promise<Rate> {
  const before = await cpuSeconds(child);
  const { stdout } = await run("wrk", ["-t1", `-c${CONNECTIONS}`, `-d${seconds}s`, url]);
  const spent = (await cpuSeconds(child)) - before;
  const rate = Number(/Requests\/sec:\s+([\d.]+)/.exec(stdout)?.[1]);
  const count = Number(/(\d+) requests in/.exec(stdout)?.[1]);
  if (!(rate > 0) || /Non-2xx/.test(stdout)) throw new Error(stdout);
  return { perSecond: rate, perCpuSecond: count / spent };
}

const median = (values: number[]): number => values.sort((a, b) => a - b)[Math.floor(values.length / 2)] ?? 0;

async function compare(): Promise<void> {
  const servers = await Promise.all(
    SERVERS.map(async (name) => {
      const child = fork(fileURLToPath(import.meta.url), [name]);
      const port = (await once(child, "message"))[0] as number;
      return { name, child, url: `http://127.0.0.1:${port}${PATH}`, rates: [] as Rate[] };
    }),
  );
  for (const { child, url } of servers) await measure(child, url, 1);
  for (let round = 0; round < ROUNDS; round += 1) {
    for (const { child, url, rates } of servers) rates.push(await measure(child, url, SECONDS));
  }
  for (const { child } of servers) child.disconnect();
  console.log(
    `machine: ${cpus().length} × ${cpus()[0]?.model.trim()}, load ${loadavg()[0]?.toFixed(1)}, node ${process.version}`,
  );
  const bare = servers[0]?.rates ?? [];
  for (const { name, rates } of servers) {
    const [wall, cpu] = [median(rates.map((r) => r.perSecond)), median(rates.map((r) => r.perCpuSecond))];
    const [wallRatio, cpuRatio] = [
      median(rates.map((rate, at) => rate.perSecond / (bare[at]?.perSecond ?? 1))),
      median(rates.map((rate, at) => rate.perCpuSecond / (bare[at]?.perCpuSecond ?? 1))),
    ];
    console.log(
      `${WORDS[name].padEnd(36)} ${wall.toFixed(0)} requests/s, ${cpu.toFixed(0)} a CPU-second; ` +
        `to bare ${wallRatio.toFixed(2)} and ${cpuRatio.toFixed(2)}`,
    );
  }
  console.log(
    `${SEGMENT_BYTES / 1000} KB from memory, ${CONNECTIONS} connections; goal: origin ≥ 0.80 of bare`,
  );
}

/** One copy of a segment's media when it is cut, per second of one thread. */
function measureWriter(): void {
  const samples = Array.from({ length: FRAMES }, (_, at) => ({
    data: Buffer.alloc(Math.round(1_500_000 / FRAMES), at),
    duration: 3_000,
    compositionOffset: at % 3 === 0 ? 3_000 : 0,
    sync: at === 0,
  }));
  const begin = performance.now();
  const count = 200;
  for (let at = 0; at < count; at += 1) {
    writeChunk({ sequenceNumber: at, baseDecodeTime: 0, samples, segmentStart: true, captureMs: 0 });
  }
  const each = (performance.now() - begin) / count;
  console.log(`writing a 2 s segment of 6 Mbit/s (1.5 MB, one copy): ${each.toFixed(2)} ms`);
}

const [name] = process.argv.slice(2);
if (SERVERS.some((server) => server === name)) await serve(name as ServerName);
else {
  await compare();
  measureWriter();
}
