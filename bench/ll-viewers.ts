/**
 * A crowd on one low-latency stream: each viewer follows picture and sound by blocking reloads and takes each part
 * as it is listed. Printed: parts that came later than publication + 100 ms, the server's CPU, and beside it what
 * bare node:http takes to send the same bytes to the same crowd, measured in turns in the same run.
 *
 * Run: `npm run bench -- ll-viewers [viewers 1000] [seconds 10]`. Server and viewers are processes of their own.
 */
import { type ChildProcess, fork } from "node:child_process";
import { once } from "node:events";
import { createServer, type RequestListener, type ServerResponse } from "node:http";
import type { AddressInfo } from "node:net";
import { fileURLToPath } from "node:url";
import { createPlainServer } from "../apps/server/src/http/listeners.ts";
import { MediaOrigin } from "../apps/server/src/packager/origin.ts";
import {
  ASC,
  AVCC,
  audio,
  audioUnits,
  GRID,
  makePackager,
  STREAM,
  silent,
  video,
  videoUnits,
} from "../apps/server/src/packager/synthetic-units.ts";
import { LowLatencyViewer } from "./ll-viewer.ts";
import { printMachine, quantile } from "./machine.ts";

const RENDITIONS = ["360p", "audio"] as const;
type Rendition = (typeof RENDITIONS)[number];
const VIDEO_BPS = 700_000;
const AUDIO_BPS = 128_000;
const STREAM_S = 300;
const LATE_MS = 100;
const SERVERS = ["bare", "origin"] as const;

/** Wall clock with fractions: comparable between processes of one machine. */
const nowMs = (): number => performance.timeOrigin + performance.now();

/** A stream that goes on in real time; `published` hears of each part as it can be had. */
function tickingStream(published: (rendition: Rendition, seq: number, part: number) => void) {
  const { packager } = makePackager({ lowLatency: true });
  packager.startRun({ grid: GRID, renditions: [video("360p"), audio] });
  packager.configure("360p", AVCC);
  packager.configure("audio", ASC);
  const sized = (bps: number, perSecond: number) => Buffer.alloc(Math.round(bps / 8 / perSecond), 1);
  const [picture, sound] = [sized(VIDEO_BPS, 30), sized(AUDIO_BPS, 46.875)];
  const units = [
    ...videoUnits({ frames: STREAM_S * 30 }).map((unit) => ({ name: "360p" as const, unit, data: picture })),
    ...audioUnits({ frames: STREAM_S * 47 }).map((unit) => ({ name: "audio" as const, unit, data: sound })),
  ].sort((a, b) => a.unit.dts90k - b.unit.dts90k);
  const beganMs = performance.now();
  let at = 0;
  setInterval(() => {
    const due90k = (performance.now() - beganMs) * 90;
    for (let next = units[at]; next !== undefined; next = units[at]) {
      if (next.unit.dts90k + (next.unit.duration90k ?? 0) > due90k) return;
      at += 1;
      const view = packager.view(next.name);
      const before = view?.hint;
      packager.push(next.name, { ...next.unit, data: next.data });
      const after = view?.hint;
      if (before === undefined || (before.seq === after?.seq && before.part === after.part)) continue;
      published(next.name, before.seq, before.part);
    }
  }, 5);
  return packager;
}

async function serve(name: (typeof SERVERS)[number]): Promise<void> {
  const publish: ((rendition: Rendition, seq: number, part: number) => void)[] = [];
  const packager = tickingStream((rendition, seq, part) => {
    process.send?.({ part: `${rendition}/${seq}.${part}`, atMs: nowMs() });
    for (const each of publish) each(rendition, seq, part);
  });
  const origin = new MediaOrigin({
    packagers: { find: () => packager },
    thumbnail: () => undefined,
    logger: silent,
  });
  let handle: RequestListener = (req, res) => void origin.handle(req, res);
  if (name === "bare") {
    const bare = bareListener(packager);
    publish.push(bare.published);
    handle = bare.handle;
  }
  const server = name === "bare" ? createServer(handle) : createPlainServer(handle);
  server.listen({ port: 0, host: "127.0.0.1", backlog: 4_096 });
  await once(server, "listening");
  process.send?.({ port: (server.address() as AddressInfo).port });
  process.on("message", (message) => {
    if (message === "stop") process.exit(0);
    const { user, system } = process.cpuUsage();
    process.send?.({ cpuS: (user + system) / 1e6 });
  });
  process.once("disconnect", () => process.exit(0));
}

/** What the least code costs: answers of ready bytes, given when the next part is there. No rule is kept. */
function bareListener(packager: ReturnType<typeof tickingStream>) {
  const waiting = new Map<string, ServerResponse[]>();
  const send = (res: ServerResponse, body: Uint8Array, type: string, gzip: boolean): void => {
    res.writeHead(200, {
      "content-type": type,
      "content-length": body.byteLength,
      ...(gzip ? { "content-encoding": "gzip", etag: `"${packager.view("360p")?.edgeSeq}"` } : {}),
    });
    res.end(body);
  };
  const playlist = (rendition: string): Uint8Array => {
    const body = packager.view(rendition)?.body({ parts: true, delta: true })?.gzip();
    if (body === undefined || body instanceof Promise) throw new Error("no playlist");
    return body;
  };
  return {
    published: (rendition: Rendition): void => {
      const held = waiting.get(rendition) ?? [];
      waiting.set(rendition, []);
      if (held.length === 0) return;
      const body = playlist(rendition);
      for (const res of held) send(res, body, "application/vnd.apple.mpegurl", true);
    },
    handle: ((req, res) => {
      const [, , , rendition = "", file = ""] = (req.url ?? "").split("/");
      const [seq, part] = file.split(".").map(Number);
      if (!file.startsWith("ll.m3u8")) {
        send(res, packager.media.part(rendition, seq ?? 0, part ?? 0) as Uint8Array, "video/mp4", false);
      } else if (file.includes("?")) waiting.set(rendition, [...(waiting.get(rendition) ?? []), res]);
      else send(res, playlist(rendition), "application/vnd.apple.mpegurl", true);
    }) satisfies RequestListener,
  };
}

type Message = { part: string; atMs: number } | { port: number } | { cpuS: number };

/** One server, in a process of its own. */
class Measured {
  readonly publishedMs = new Map<string, number>();
  readonly #child: ChildProcess;
  #answer: (value: number) => void = () => {};

  constructor(name: string) {
    this.#child = fork(fileURLToPath(import.meta.url), ["serve", name], {
      // As `npm start` has it, for both alike.
      execArgv: ["--max-semi-space-size=64", "--import", "tsx"],
    });
    this.#child.on("message", (message: Message) => {
      if ("part" in message) this.publishedMs.set(message.part, message.atMs);
      else this.#answer("port" in message ? message.port : message.cpuS);
    });
  }

  #next(): Promise<number> {
    return new Promise((resolve) => {
      this.#answer = resolve;
    });
  }

  port(): Promise<number> {
    return this.#next();
  }

  cpuS(): Promise<number> {
    const answer = this.#next();
    this.#child.send("cpu");
    return answer;
  }

  async stop(): Promise<void> {
    const exited = once(this.#child, "exit");
    this.#child.send("stop");
    await exited;
  }
}

const sleep = (ms: number) => new Promise((resolve) => setTimeout(resolve, ms));

async function measure(name: (typeof SERVERS)[number], viewers: number, seconds: number) {
  const server = new Measured(name);
  const port = await server.port();
  await sleep(3_000);
  const got: { part: string; atMs: number }[] = [];
  let counting = false;
  let failures = 0;
  const crowd = RENDITIONS.flatMap((rendition) =>
    Array.from(
      { length: viewers },
      () =>
        new LowLatencyViewer({
          port,
          base: `/media/${STREAM}/${rendition}/`,
          onPart: (part) => counting && got.push({ part: `${rendition}/${part}`, atMs: nowMs() }),
          onFailure: () => {
            failures += 1;
          },
        }),
    ),
  );
  // They come within two seconds: a crowd that opens thousands of connections at once is another test.
  for (const [i, viewer] of crowd.entries()) {
    viewer.start();
    if (i % 20 === 19) await sleep((2_000 * 20) / crowd.length);
  }
  await sleep(1_500);
  const [beforeS, beganMs] = [await server.cpuS(), nowMs()];
  counting = true;
  await sleep(seconds * 1_000);
  counting = false;
  const spentS = (await server.cpuS()) - beforeS;
  const tookS = (nowMs() - beganMs) / 1_000;
  for (const viewer of crowd) viewer.stop();
  await server.stop();
  const delaysMs = got.map(({ part, atMs }) => atMs - (server.publishedMs.get(part) ?? Number.NaN));
  const late = delaysMs.filter((delay) => !(delay <= LATE_MS)).length;
  return {
    cores: spentS / tookS,
    cpuMsAViewerMinute: (spentS * 60_000) / tookS / viewers,
    delaysMs,
    late,
    failures,
  };
}

const [role = "", second = ""] = process.argv.slice(2);
if (role === "serve") await serve(second === "bare" ? "bare" : "origin");
else {
  const viewers = Number(role || 1_000);
  const seconds = Number(second || 10);
  printMachine();
  console.log(
    `${viewers} viewers of picture and sound (${(VIDEO_BPS + AUDIO_BPS) / 1_000} kbit/s), ${seconds} s each`,
  );
  for (const name of SERVERS) {
    const { cores, cpuMsAViewerMinute, delaysMs, late, failures } = await measure(name, viewers, seconds);
    const share = ((100 * late) / delaysMs.length).toFixed(2);
    console.log(
      `${name === "bare" ? "bare node:http" : "media origin  "}  ${cores.toFixed(2)} cores, ` +
        `${cpuMsAViewerMinute.toFixed(0)} ms of CPU a viewer-minute; ${delaysMs.length} parts, ` +
        `${late} later than publication + ${LATE_MS} ms (${share} %), ` +
        `median ${quantile(delaysMs, 0.5).toFixed(0)} ms, 99 % ${quantile(delaysMs, 0.99).toFixed(0)} ms; ${failures} failures`,
    );
  }
  process.exit(0);
}
