import { connect, type Socket } from "node:net";
import { gunzipSync } from "node:zlib";

/**
 * The lightest viewer of one low-latency playlist that is still one: two connections, a blocking reload that names
 * the next part, and each listed part taken. A thousand of them must cost less than the server that they measure,
 * so answers are read off the socket, and a playlist that all of them get is unpacked once.
 */
export interface LowLatencyViewerOptions {
  readonly port: number;
  /** Folder of the rendition, with a slash at the end. */
  readonly base: string;
  /** `seq.part`, when all its bytes are here. */
  readonly onPart: (part: string) => void;
  readonly onFailure: (reason: string) => void;
}

interface Edge {
  /** Newest listed part, and the next one. */
  readonly newest: string | undefined;
  readonly nextMsn: string;
  readonly nextPart: string;
}

/** By the playlist's compressed bytes, of which all viewers get the same. */
const known = new Map<string, Edge>();

export class LowLatencyViewer {
  readonly #options: LowLatencyViewerOptions;
  readonly #list: Connection;
  readonly #media: Connection;
  #newest: string | undefined;

  constructor(options: LowLatencyViewerOptions) {
    this.#options = options;
    this.#list = new Connection(options.port, options.onFailure);
    this.#media = new Connection(options.port, options.onFailure);
  }

  start(): void {
    this.#reload("");
  }

  stop(): void {
    this.#list.close();
    this.#media.close();
  }

  #reload(query: string): void {
    this.#list.get(`${this.#options.base}ll.m3u8${query}`, (body) => {
      const { newest, nextMsn, nextPart } = edgeOf(body);
      if (query !== "" && newest !== undefined && newest !== this.#newest) this.#take(newest);
      this.#newest = newest;
      this.#reload(`?_HLS_msn=${nextMsn}&_HLS_part=${nextPart}&_HLS_skip=YES`);
    });
  }

  #take(part: string): void {
    this.#media.get(`${this.#options.base}${part}.m4s`, () => this.#options.onPart(part));
  }
}

function edgeOf(body: Buffer): Edge {
  const key = body.toString("latin1");
  const found = known.get(key);
  if (found !== undefined) return found;
  const text = gunzipSync(body).toString();
  const parts = [...text.matchAll(/#EXT-X-PART:.*URI="(\d+\.\d+)\.m4s"/g)];
  const [, nextMsn = "0", nextPart = "0"] = /PRELOAD-HINT:.*URI="(\d+)\.(\d+)\.m4s"/.exec(text) ?? [];
  const edge = { newest: parts.at(-1)?.[1], nextMsn, nextPart };
  if (known.size > 1_000) known.clear();
  known.set(key, edge);
  return edge;
}

/** One request after the other on one connection that is kept open. */
class Connection {
  readonly #socket: Socket;
  readonly #onFailure: (reason: string) => void;
  #chunks: Buffer[] = [];
  #length = 0;
  /** Where the answer ends; undefined until its head is here. */
  #end: { readonly head: number; readonly total: number } | undefined;
  readonly #waiting: { readonly path: string; readonly done: (body: Buffer) => void }[] = [];

  constructor(port: number, onFailure: (reason: string) => void) {
    this.#onFailure = onFailure;
    this.#socket = connect({ port, host: "127.0.0.1", noDelay: true });
    this.#socket.on("data", (chunk) => this.#read(chunk));
    this.#socket.on("error", (error) => onFailure(error.message));
  }

  get(path: string, done: (body: Buffer) => void): void {
    this.#waiting.push({ path, done });
    if (this.#waiting.length === 1) this.#send(path);
  }

  close(): void {
    this.#socket.destroy();
  }

  #send(path: string): void {
    this.#socket.write(`GET ${path} HTTP/1.1\r\nHost: localhost\r\nAccept-Encoding: gzip\r\n\r\n`);
  }

  #read(chunk: Buffer): void {
    this.#chunks.push(chunk);
    this.#length += chunk.length;
    this.#end ??= this.#readHead();
    if (this.#end === undefined || this.#length < this.#end.total) return;
    const body = Buffer.concat(this.#chunks).subarray(this.#end.head, this.#end.total);
    this.#chunks = [];
    this.#length = 0;
    this.#end = undefined;
    const finished = this.#waiting.shift();
    const next = this.#waiting[0];
    if (next !== undefined) this.#send(next.path);
    finished?.done(body);
  }

  #readHead(): { readonly head: number; readonly total: number } | undefined {
    const all = this.#chunks.length === 1 ? (this.#chunks[0] as Buffer) : Buffer.concat(this.#chunks);
    const end = all.indexOf("\r\n\r\n");
    if (end < 0) return undefined;
    const head = all.toString("latin1", 0, end);
    if (!head.startsWith("HTTP/1.1 200")) this.#onFailure(head);
    const length = Number(/content-length: (\d+)/i.exec(head)?.[1] ?? 0);
    return { head: end + 4, total: end + 4 + length };
  }
}
