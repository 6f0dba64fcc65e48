/**
 * What a WHEP viewer costs: CPU of the engine and its media worker for a crowd on one stream of 1 Mbit/s, less what
 * one viewer costs, by turns beside bare mediasoup with the same crowd and the same packets. Viewers are werift
 * with their sockets unhooked once connected: they count, keep ICE alive, and decrypt nothing.
 *
 * `npm run bench -- rtc-viewers [viewers 100] [seconds 20] [turns 3]`. Engine and viewers are processes of their own.
 */
import { type ChildProcess, fork } from "node:child_process";
import { once } from "node:events";
import { fileURLToPath } from "node:url";
import { StreamId } from "@footlight/shared";
import { pino } from "pino";
import { systemClock } from "../apps/server/src/platform/clock.ts";
import { FedSource, newFeedNumbers } from "../apps/server/src/sfu/fed-source.ts";
import { loadMediasoup } from "../apps/server/src/sfu/mediasoup.ts";
import { DEFAULT_BOUNDS, RtcEngine } from "../apps/server/src/sfu/rtc-engine.ts";
import { cpuSecondsOfTree, descendants, median, printMachine, residentBytes } from "./machine.ts";
import { BareEcho } from "./rtc-echo.ts";
import { RtcPackets } from "./rtc-packets.ts";

type Way = "footlight" | "bare";
const MEDIA = {
  video: { codec: "h264", profileLevelId: "42e01f" },
  audio: { codec: "opus", channels: 2 },
} as const;
const PEER = { address: "127.0.0.1", userAgent: undefined };
const PER_PROCESS = 25;
const SETTLE_MS = 3_000;

const [role = "", ...rest] = process.argv.slice(2);
if (role === "serve") await serve(rest[0] as Way);
else if (role === "watch") await watch(Number(rest[0]));
else await compare(Number(role || 100), Number(rest[0] ?? 20), Number(rest[1] ?? 3));

async function compare(viewers: number, seconds: number, turns: number): Promise<void> {
  printMachine();
  const costs: Record<Way, number[]> = { footlight: [], bare: [] };
  for (let turn = 0; turn < turns; turn += 1) {
    for (const way of ["footlight", "bare"] as const) costs[way].push(await measure(way, viewers, seconds));
  }
  const [ours, bare] = [median(costs.footlight), median(costs.bare)];
  console.log(
    `medians: footlight ${ours.toFixed(3)}, bare mediasoup ${bare.toFixed(3)} CPU-s a viewer-minute: ${(ours / bare).toFixed(2)} ×`,
  );
}

/** CPU seconds a viewer and minute. */
async function measure(way: Way, viewers: number, seconds: number): Promise<number> {
  const server = start("serve", way);
  await once(server, "message");
  const clients: ChildProcess[] = [];
  try {
    clients.push(await join(server, 1));
    const one = await cost(server, seconds);
    for (let left = viewers - 1; left > 0; left -= PER_PROCESS) {
      clients.push(await join(server, Math.min(left, PER_PROCESS)));
    }
    const crowd = await cost(server, seconds);
    const cpu = ((crowd.cpuS - one.cpuS) / (viewers - 1) / seconds) * 60;
    const memory = (crowd.bytes - one.bytes) / (viewers - 1) / 2 ** 20;
    const got = await Promise.all(clients.map((client) => ask<number>(client, "packets")));
    const packets = got.reduce((sum, count) => sum + count, 0);
    console.log(
      `${way}: ${cpu.toFixed(3)} CPU-s a viewer-minute, ${memory.toFixed(2)} MiB a viewer; one viewer ${(one.cpuS / seconds).toFixed(2)} of a core, ${viewers} ${(crowd.cpuS / seconds).toFixed(2)}; ${packets} packets arrived in all`,
    );
    return cpu;
  } finally {
    for (const child of [...clients, server]) child.kill();
  }
}

async function cost(server: ChildProcess, seconds: number): Promise<{ cpuS: number; bytes: number }> {
  const pid = server.pid ?? 0;
  await new Promise((resolve) => setTimeout(resolve, SETTLE_MS));
  const before = cpuSecondsOfTree(pid);
  await new Promise((resolve) => setTimeout(resolve, seconds * 1_000));
  const bytes = [pid, ...descendants(pid)].reduce((sum, each) => sum + residentBytes(each), 0);
  return { cpuS: cpuSecondsOfTree(pid) - before, bytes };
}

function start(...args: string[]): ChildProcess {
  return fork(fileURLToPath(import.meta.url), args);
}

/** A process of so many viewers, connected. */
async function join(server: ChildProcess, viewers: number): Promise<ChildProcess> {
  const client = start("watch", String(viewers));
  const joined = new Promise<void>((resolve, reject) => {
    client.once("exit", () => reject(new Error("viewers ended")));
    client.on("message", (message: { offer?: string; id?: number; joined?: boolean }) => {
      if (message.joined === true) resolve();
      if (message.offer !== undefined) server.send({ ...message, from: client.pid });
    });
  });
  const relay = ({ answer, id, from }: { answer?: string; id?: number; from?: number }) => {
    if (from === client.pid && answer !== undefined) client.send({ answer, id });
  };
  server.on("message", relay);
  await joined;
  server.off("message", relay);
  client.removeAllListeners("exit");
  return client;
}

async function ask<T>(child: ChildProcess, question: string): Promise<T> {
  child.send({ question });
  const [{ reply }] = (await once(child, "message")) as [{ reply: T }];
  return reply;
}

async function serve(way: Way): Promise<void> {
  const answer = way === "footlight" ? await serveOurs() : await serveBare();
  process.on("message", async ({ offer, ...context }: { offer: string }) => {
    process.send?.({ ...context, answer: await answer(offer) });
  });
  process.send?.({ ready: true });
}

async function serveOurs(): Promise<(offer: string) => Promise<string>> {
  const logger = pino({ level: "warn" });
  const engine = await RtcEngine.create({
    settings: {
      ...DEFAULT_BOUNDS,
      ...{ host: "127.0.0.1", port: 0, workers: 1, announced: [] },
      ...{ maxPeersPerStream: 10_000, maxPeersPerAddress: 10_000, maxPeersPerWorker: 10_000 },
    },
    ...(await loadMediasoup(logger)),
    metrics: { sessionEnded: () => {}, refused: () => {}, workerDied: () => {} },
    clock: systemClock,
    logger,
  });
  engine.onDemand(() => true);
  const streamId = StreamId.parse("bench-stream");
  const feed = engine.feed(streamId, { keyframeWanted: () => {} });
  const { video, audio } = await feed.configure(MEDIA);
  if (video === undefined || audio === undefined) throw new Error("no terms");
  new RtcPackets({ video, audio }).start((kind, packet) => feed.send(kind, packet));
  return async (offer) => (await engine.watch(streamId, offer, PEER)).answer;
}

async function serveBare(): Promise<(offer: string) => Promise<string>> {
  const echo = await BareEcho.create();
  const numbers = newFeedNumbers();
  const source = await FedSource.create(echo.router, MEDIA, { numbers, keyframeWanted: () => {} });
  echo.produceFrom(source.producers);
  new RtcPackets(numbers).start((kind, packet) => source.send(kind, packet));
  return (offer) => echo.watch(offer);
}

async function watch(viewers: number): Promise<void> {
  const { WeriftViewer } = await import("../apps/server/src/testing/werift-peer.ts");
  const answers = new Map<number, (answer: string) => void>();
  let packets = 0;
  process.on("message", (message: { answer?: string; id?: number; question?: string }) => {
    if (message.question === "packets") process.send?.({ reply: packets });
    else if (message.id !== undefined) answers.get(message.id)?.(message.answer ?? "");
  });
  for (let id = 0; id < viewers; id += 1) {
    const viewer = new WeriftViewer({ videoPayloadType: 108, audioPayloadType: 111 });
    const offer = await viewer.offer();
    const answer = await new Promise<string>((resolve) => {
      answers.set(id, resolve);
      process.send?.({ offer, id });
    });
    await viewer.answer(answer);
    await viewer.connected();
    for (const { connection } of viewer.pc.iceTransports) {
      connection.onData.allUnsubscribe();
      connection.onData.subscribe(() => {
        packets += 1;
      });
    }
  }
  process.send?.({ joined: true });
}
