import { once } from "node:events";
import { createServer, get, type Server } from "node:http";
import { type AddressInfo, connect, type Socket } from "node:net";
import { gunzipSync } from "node:zlib";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { MediaOrigin, type OriginOptions } from "../src/packager/origin.ts";
import type { StreamPackager } from "../src/packager/stream-packager.ts";
import {
  AVCC,
  GRID,
  makePackager,
  pushAll,
  STREAM,
  silent,
  video,
  videoUnits,
} from "../src/packager/synthetic-units.ts";

/** Thousands who wait for the same moment of one stream. */
const CROWD = 5_000;
/** Connections that are opened at once: less than a listen queue holds. */
const BATCH = 250;
const PLAYLIST = `/media/${STREAM}/360p/ll.m3u8`;

let packager: StreamPackager;
let server: Server;
let origin: MediaOrigin;
let sockets: Socket[];

// Held for 30 s: a busy machine may take long to bring them all in.
beforeEach(() => {
  sockets = [];
  ({ packager } = makePackager({ lowLatency: true, targetDurationS: 10 }));
  packager.startRun({ grid: GRID, renditions: [video("360p")] });
  packager.configure("360p", AVCC);
  publish(0, 66);
});
afterEach(async () => {
  for (const socket of sockets) socket.destroy();
  await packager.close();
  server.closeAllConnections();
  server.close();
});

/** Frames of the stream, from one to before another: six make a part. */
function publish(from: number, until: number): void {
  pushAll(packager, { "360p": videoUnits({ frames: until }).slice(from) });
}

async function serve(options: Partial<OriginOptions> = {}): Promise<void> {
  origin = new MediaOrigin({
    packagers: { find: () => packager },
    thumbnail: () => undefined,
    logger: silent,
    ...options,
  });
  server = createServer((req, res) => {
    if (!origin.handle(req, res)) res.writeHead(404).end();
  }).listen(0, "127.0.0.1", 2 * BATCH);
  await once(server, "listening");
}

const port = (): number => (server.address() as AddressInfo).port;

async function blocked(count: number): Promise<void> {
  while (packager.blocked !== count) await new Promise(setImmediate);
}

/** One request on a connection of its own; all that came back until the server closed. */
async function open(path: string): Promise<{ readonly answer: Promise<Buffer> }> {
  const socket = connect(port(), "127.0.0.1");
  sockets.push(socket);
  await once(socket, "connect");
  const chunks: Buffer[] = [];
  socket.on("data", (chunk: Buffer) => chunks.push(chunk));
  const answer = once(socket, "end").then(() => Buffer.concat(chunks));
  socket.write(`GET ${path} HTTP/1.1\r\nHost: x\r\nAccept-Encoding: gzip\r\nConnection: close\r\n\r\n`);
  return { answer };
}

async function crowd(paths: readonly string[]): Promise<Promise<Buffer>[]> {
  const answers: Promise<Buffer>[] = [];
  for (let at = 0; at < paths.length; at += BATCH) {
    const batch = await Promise.all(paths.slice(at, at + BATCH).map(open));
    answers.push(...batch.map(({ answer }) => answer));
  }
  return answers;
}

/** As a shared answer is: without the second at which it went out. */
const parse = (answer: Buffer) => {
  const head = answer.subarray(0, answer.indexOf("\r\n\r\n")).toString();
  return { head: head.replace(/^date: .*\r\n/im, ""), body: answer.subarray(answer.indexOf("\r\n\r\n") + 4) };
};

describe("five thousand who block on one stream", () => {
  it("are woken by one part, and share one playlist and its compression", async () => {
    await serve();
    const path = `${PLAYLIST}?_HLS_msn=1&_HLS_part=1`;
    const waiting = await crowd(Array.from({ length: CROWD }, () => path));
    await blocked(CROWD);
    const writtenBefore = packager.view("360p")?.written ?? 0;
    publish(66, 72);
    // The event has reached all of them: nobody is left in the queue when it returns.
    expect(packager.blocked).toBe(0);
    const answers = (await Promise.all(waiting)).map(parse);
    expect(packager.view("360p")?.written).toBe(writtenBefore + 1);
    expect(answers).toHaveLength(CROWD);
    expect(new Set(answers.map(({ head }) => head)).size, answers[0]?.head).toBe(1);
    expect(answers.every(({ body }) => body.equals(answers[0]?.body as Buffer))).toBe(true);
    expect(answers[0]?.head).toMatch(/^HTTP\/1\.1 200 OK[\s\S]*etag: "[^"]+-gz"/i);
    expect(gunzipSync(answers[0]?.body as Buffer).toString()).toContain('URI="1.1.m4s"');
  });

  it("get the same part when they have asked for it as it was hinted", async () => {
    await serve();
    const waiting = await crowd(Array.from({ length: 500 }, () => `/media/${STREAM}/360p/1.1.m4s`));
    await blocked(500);
    publish(66, 72);
    const answers = (await Promise.all(waiting)).map(parse);
    expect(answers.every(({ head }) => head.startsWith("HTTP/1.1 200"))).toBe(true);
    const part = packager.media.part("360p", 1, 1);
    expect(answers.every(({ body }) => body.equals(part as Uint8Array))).toBe(true);
  });
});

describe("one address that asks for everything", () => {
  it("has so many requests held and no more, of playlists and of hinted parts alike", async () => {
    await serve({ maxBlockedPerAddress: 40 });
    const lists = Array.from({ length: 30 }, () => `${PLAYLIST}?_HLS_msn=1&_HLS_part=1`);
    const parts = Array.from({ length: 10 }, () => `/media/${STREAM}/360p/1.1.m4s`);
    const waiting = await crowd([...lists, ...parts]);
    await blocked(40);
    const refused = await crowd([...lists, ...parts]);
    for (const answer of await Promise.all(refused)) {
      const { head, body } = parse(answer);
      expect(head).toMatch(/^HTTP\/1\.1 429[\s\S]*retry-after: 1/i);
      expect(JSON.parse(body.toString()).code).toBe("rate_limited");
    }
    // What is there at once is not held, so it is not refused either.
    const [there] = await Promise.all(await crowd([`${PLAYLIST}?_HLS_msn=1&_HLS_part=0`]));
    expect(parse(there as Buffer).head).toMatch(/^HTTP\/1\.1 200/);
    publish(66, 72);
    for (const answer of await Promise.all(waiting)) expect(parse(answer).head).toMatch(/^HTTP\/1\.1 200/);
    expect(origin.blockedAddresses).toBe(0);
  });

  it("does not take the others' places: each address has its own, a stream has its own", async () => {
    const address = (req: { headers: Record<string, unknown> }) => String(req.headers["x-from"]);
    await serve({
      maxBlockedPerAddress: 1,
      maxBlockedPerStream: 2,
      addressOf: (req) => address(req as { headers: Record<string, unknown> }),
    });
    const ask = (from: string) =>
      new Promise<number>((resolve, reject) => {
        const path = `${PLAYLIST}?_HLS_msn=1&_HLS_part=1`;
        const options = { port: port(), host: "127.0.0.1", path, headers: { "x-from": from }, agent: false };
        get(options, (res) => {
          res.resume();
          resolve(res.statusCode ?? 0);
        }).on("error", reject);
      });
    const held = [ask("a"), ask("b")];
    await blocked(2);
    expect(await ask("a")).toBe(429);
    expect(await ask("c")).toBe(503);
    publish(66, 72);
    expect(await Promise.all(held)).toEqual([200, 200]);
  });
});

describe("how far ahead may be asked", () => {
  it("is two after the last whole segment, also while the next one has parts", async () => {
    await serve();
    const status = async (query: string): Promise<string> => {
      const [answer] = await Promise.all(await crowd([`${PLAYLIST}?${query}`]));
      return parse(answer as Buffer).head.slice(9, 12);
    };
    // Segment 0 is whole, 1 has a part.
    expect(await status("_HLS_msn=3")).toBe("400");
    expect(await status("_HLS_msn=3&_HLS_part=0")).toBe("400");
    const [held] = await crowd([`${PLAYLIST}?_HLS_msn=2&_HLS_part=0`]);
    await blocked(1);
    publish(66, 126);
    expect(parse((await held) as Buffer).head).toMatch(/^HTTP\/1\.1 200/);
  });
});
