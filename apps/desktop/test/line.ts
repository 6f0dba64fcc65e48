import { createConnection, createServer, type Server, type Socket } from "node:net";

const SLICE_MS = 20;
/** What a router on the way holds before it lets the sender wait. */
const BUFFER_BYTES = 32 * 1024;

/** A line to a port that can be cut, be dead, and carry just so much; downstream it is free. */
export class Line {
  readonly #server: Server;
  readonly #targetPort: number;
  readonly #pairs = new Set<readonly [Socket, Socket]>();
  /** Bits a second, all connections together; 0: dead without a word; undefined: as fast as it goes. */
  bitrateBps: number | undefined;
  /** Nobody comes through. */
  isDown = false;
  #flowedMs = performance.now();
  readonly #timer: NodeJS.Timeout;

  /** @param at where it listens; by itself somewhere on this machine */
  static async to(port: number, at: { readonly host?: string; readonly port?: number } = {}): Promise<Line> {
    const line = new Line(port);
    await new Promise<void>((resolve) => line.#server.listen(at.port ?? 0, at.host ?? "127.0.0.1", resolve));
    return line;
  }

  private constructor(targetPort: number) {
    this.#targetPort = targetPort;
    this.#server = createServer((client) => this.#onConnection(client));
    this.#timer = setInterval(() => this.#flow(), SLICE_MS);
  }

  get url(): string {
    const address = this.#server.address();
    return `rtmp://127.0.0.1:${typeof address === "object" ? address?.port : 0}/live`;
  }

  /** Every connection breaks, and no new one comes about until `isDown` is false again. */
  cut(): void {
    this.isDown = true;
    for (const [client, server] of this.#pairs) {
      client.destroy();
      server.destroy();
    }
  }

  async [Symbol.asyncDispose](): Promise<void> {
    clearInterval(this.#timer);
    this.cut();
    await new Promise((resolve) => this.#server.close(resolve));
  }

  #onConnection(client: Socket): void {
    client.on("error", () => undefined);
    if (this.isDown) {
      client.destroy();
      return;
    }
    const server = createConnection({ port: this.#targetPort, host: "127.0.0.1", noDelay: true });
    server.on("error", () => undefined);
    const pair = [client, server] as const;
    this.#pairs.add(pair);
    client.on("data", (data) => {
      // What is held goes first, also when the line has just been freed.
      if (this.bitrateBps === undefined && !this.#held.has(client)) server.write(data);
      else this.#hold(client, server, data);
    });
    server.on("data", (data) => client.write(data));
    client.on("close", () => server.end());
    server.on("close", () => client.end());
    client.on("close", () => this.#pairs.delete(pair));
  }

  readonly #held = new Map<Socket, { readonly server: Socket; bytes: Buffer }>();

  #hold(client: Socket, server: Socket, data: Buffer): void {
    const held = this.#held.get(client) ?? { server, bytes: Buffer.alloc(0) };
    held.bytes = Buffer.concat([held.bytes, data]);
    this.#held.set(client, held);
    if (held.bytes.length > BUFFER_BYTES) client.pause();
  }

  #flow(): void {
    // By the clock: a busy machine's timers come late, and the line would carry less than was said.
    const nowMs = performance.now();
    const sliceMs = Math.min(nowMs - this.#flowedMs, 5 * SLICE_MS);
    this.#flowedMs = nowMs;
    let budget =
      this.bitrateBps === undefined ? Number.POSITIVE_INFINITY : (this.bitrateBps * sliceMs) / 8000;
    for (const [client, held] of this.#held) {
      const piece = held.bytes.subarray(0, budget);
      budget -= piece.length;
      held.server.write(piece);
      held.bytes = held.bytes.subarray(piece.length);
      if (held.bytes.length <= BUFFER_BYTES) client.resume();
      if (held.bytes.length === 0) this.#held.delete(client);
    }
  }
}
