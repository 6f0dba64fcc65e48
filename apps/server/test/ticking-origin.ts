import { once } from "node:events";
import { Agent, createServer, get, type Server } from "node:http";
import type { AddressInfo } from "node:net";
import { MediaOrigin } from "../src/packager/origin.ts";
import type { StreamPackager } from "../src/packager/stream-packager.ts";
import {
  AVCC,
  FRAME_90K,
  GRID,
  makePackager,
  STREAM,
  silent,
  video,
  videoUnits,
} from "../src/packager/synthetic-units.ts";
import { type Fetched, LowLatencyClient } from "../src/testing/low-latency-client.ts";

const RENDITION = "360p";
const FRAME_BYTES = 2_500;

/**
 * A real media origin over a stream that goes on in real time without an encoder, so that a test knows the
 * moment at which each part was published, and how often each was asked for.
 */
export class TickingOrigin implements AsyncDisposable {
  readonly packager: StreamPackager;
  /** Requests by path and query. */
  readonly requests = new Map<string, number>();
  /** `performance.now()` at which each part could be had, by its name. */
  readonly publishedMs = new Map<string, number>();
  readonly #server: Server;
  readonly #units = videoUnits({ frames: 30 * 600 }).map((unit) => ({
    ...unit,
    data: Buffer.alloc(FRAME_BYTES, unit.pts90k & 0xff),
  }));
  #timer: NodeJS.Timeout | undefined;
  #pushed = 0;
  #beganMs = 0;

  private constructor() {
    ({ packager: this.packager } = makePackager({ lowLatency: true }));
    this.packager.startRun({ grid: GRID, renditions: [video(RENDITION)] });
    this.packager.configure(RENDITION, AVCC);
    const origin = new MediaOrigin({
      packagers: { find: (id) => (id === STREAM ? this.packager : undefined) },
      thumbnail: () => undefined,
      logger: silent,
    });
    this.#server = createServer((req, res) => {
      const url = req.url ?? "";
      this.requests.set(url, (this.requests.get(url) ?? 0) + 1);
      if (url === "/readyz") res.end("ready");
      else if (!origin.handle(req, res)) res.writeHead(404).end();
    });
  }

  static async start(): Promise<TickingOrigin> {
    const origin = new TickingOrigin();
    origin.#server.listen(0, "127.0.0.1");
    await once(origin.#server, "listening");
    origin.#beganMs = performance.now();
    origin.#timer = setInterval(() => origin.#push(), 5);
    return origin;
  }

  get port(): number {
    return (this.#server.address() as AddressInfo).port;
  }

  get url(): string {
    return `http://127.0.0.1:${this.port}`;
  }

  static playlistPath(name = "ll.m3u8"): string {
    return `/media/${STREAM}/${RENDITION}/${name}`;
  }

  /** Answers since a moment at which `before` was a copy of `requests`: parts by their path. */
  partRequests(before: ReadonlyMap<string, number>): Map<string, number> {
    const parts = [...this.requests].filter(([url]) => /\/\d+\.\d+\.m4s$/.test(url));
    return new Map(
      parts.flatMap(([url, count]) => {
        const more = count - (before.get(url) ?? 0);
        return more > 0 ? [[url, more] as const] : [];
      }),
    );
  }

  stop(): void {
    clearInterval(this.#timer);
  }

  async [Symbol.asyncDispose](): Promise<void> {
    this.stop();
    await this.packager.close();
    this.#server.closeAllConnections();
    this.#server.close();
  }

  #push(): void {
    const due = ((performance.now() - this.#beganMs) / 1_000) * 90_000;
    for (let unit = this.#units[this.#pushed]; unit !== undefined; unit = this.#units[this.#pushed]) {
      if (unit.pts90k + FRAME_90K > due) return;
      this.#pushed += 1;
      const view = this.packager.view(RENDITION);
      const before = view?.hint;
      this.packager.push(RENDITION, unit);
      const after = view?.hint;
      if (before === undefined || (before.seq === after?.seq && before.part === after.part)) continue;
      this.publishedMs.set(`${before.seq}.${before.part}.m4s`, performance.now());
    }
  }
}

export interface Crowd {
  /** Of each part and player: how long after its publication it was there, milliseconds. */
  readonly delaysMs: readonly number[];
  /** Parts that somebody had, by path. */
  readonly parts: ReadonlySet<string>;
}

/** Players that follow one low-latency playlist through `url`, each until it has had so many parts. */
export async function follow(
  origin: TickingOrigin,
  url: string,
  options: { readonly players: number; readonly parts: number; readonly hints: boolean },
): Promise<Crowd> {
  const agent = new Agent({ keepAlive: true });
  const delaysMs: number[] = [];
  const paths = new Set<string>();
  const player = async (): Promise<void> => {
    const address = url + TickingOrigin.playlistPath();
    const client = new LowLatencyClient(address, {
      hints: options.hints,
      get: (uri) => getWhole(uri, agent),
    });
    let count = 0;
    for await (const part of client.parts()) {
      const path = new URL(part.uri).pathname;
      paths.add(path);
      delaysMs.push(part.fetchedMs - (origin.publishedMs.get(path.split("/").at(-1) ?? "") ?? Number.NaN));
      count += 1;
      if (count >= options.parts) return;
    }
  };
  try {
    await Promise.all(Array.from({ length: options.players }, player));
  } finally {
    agent.destroy();
  }
  return { delaysMs, parts: paths };
}

/** Bare node:http: many players in one process must not be slower than what they measure. */
function getWhole(url: string, agent: Agent): Promise<Fetched> {
  return new Promise((resolve, reject) => {
    const request = get(url, { agent }, (response) => {
      const chunks: Buffer[] = [];
      response.on("data", (chunk: Buffer) => chunks.push(chunk));
      response.on("error", reject);
      response.on("end", () => {
        resolve({ status: response.statusCode ?? 0, body: Buffer.concat(chunks), atMs: performance.now() });
      });
    });
    request.on("error", reject);
  });
}

export const median = (values: readonly number[]): number =>
  [...values].sort((a, b) => a - b)[Math.floor(values.length / 2)] ?? Number.NaN;
