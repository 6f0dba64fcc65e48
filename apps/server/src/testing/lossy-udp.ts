import { createSocket, type RemoteInfo, type Socket } from "node:dgram";
import { once } from "node:events";
import { seeded } from "./seeded.ts";

/** What a way does to packets. They may overtake each other, as netem's do. */
export interface LossyWay {
  /** Of each 100. */
  readonly lossPercent?: number;
  readonly delayMs?: number;
  /** Each packet waits up to so much longer. */
  readonly jitterMs?: number;
}

export interface LossyUdpOptions {
  readonly targetPort: number;
  /** To the target, and back. */
  readonly up?: LossyWay;
  readonly down?: LossyWay;
  readonly seed?: number;
}

type Direction = "up" | "down";

const HOST = "127.0.0.1";
const MAX_CLIENTS = 64;
/** Past it packets are lost: some seconds of video. */
const MAX_HELD = 20_000;

/** A bad line on loopback: each client's datagrams to one UDP port, and what comes back to it. */
export class LossyUdp implements AsyncDisposable {
  readonly #upstreams = new Map<string, Socket>();
  readonly #held = new Set<NodeJS.Timeout>();
  readonly #random: () => number;
  readonly passed = { up: 0, down: 0 };
  readonly lost = { up: 0, down: 0 };
  /** Nothing goes through, as when a cable is pulled. */
  cut = false;

  static async open(options: LossyUdpOptions): Promise<LossyUdp> {
    const socket = createSocket("udp4");
    socket.bind(0, HOST);
    await once(socket, "listening");
    return new LossyUdp(socket, options);
  }

  private constructor(
    private readonly socket: Socket,
    private readonly options: LossyUdpOptions,
  ) {
    this.#random = seeded(options.seed ?? 1);
    socket.on("message", (packet, client) => {
      const upstream = this.#upstream(client);
      if (upstream !== undefined)
        this.#carry("up", () => upstream.send(packet, this.options.targetPort, HOST));
    });
  }

  get port(): number {
    return this.socket.address().port;
  }

  async [Symbol.asyncDispose](): Promise<void> {
    for (const timer of this.#held) clearTimeout(timer);
    this.#held.clear();
    const sockets = [this.socket, ...this.#upstreams.values()];
    await Promise.all(sockets.map((socket) => new Promise<void>((done) => socket.close(() => done()))));
  }

  /** One socket a client, for the target tells clients apart by their ports. */
  #upstream({ address, port }: RemoteInfo): Socket | undefined {
    const name = `${address}:${port}`;
    const existing = this.#upstreams.get(name);
    if (existing !== undefined || this.#upstreams.size >= MAX_CLIENTS) return existing;
    const upstream = createSocket("udp4");
    upstream.bind(0, HOST);
    upstream.on("message", (packet) => this.#carry("down", () => this.socket.send(packet, port, address)));
    // Nobody listens there any more: as a real line, it says nothing of it.
    upstream.on("error", () => {});
    this.#upstreams.set(name, upstream);
    return upstream;
  }

  #carry(direction: Direction, send: () => void): void {
    const { lossPercent = 0, delayMs = 0, jitterMs = 0 } = this.options[direction] ?? {};
    const isLost = this.#random() * 100 < lossPercent;
    const waitMs = delayMs + this.#random() * jitterMs;
    if (isLost || this.cut || this.#held.size >= MAX_HELD) {
      this.lost[direction] += 1;
      return;
    }
    const timer = setTimeout(() => {
      this.#held.delete(timer);
      this.passed[direction] += 1;
      send();
    }, waitMs);
    this.#held.add(timer);
  }
}

/** An SDP answer whose client finds the media server at another UDP port only. */
export function throughPort(answer: string, port: number): string {
  return withoutCandidates("tcp", answer).replaceAll(/^(a=candidate:\S+ 1 udp \d+ \S+) \d+/gim, `$1 ${port}`);
}

/** As where a firewall lets nothing of this protocol through. */
export function withoutCandidates(protocol: "udp" | "tcp", answer: string): string {
  return answer.replaceAll(new RegExp(`^a=candidate:\\S+ 1 ${protocol} .*\\r\\n`, "gim"), "");
}

/** Where an SDP answer says that the media server takes UDP. */
export function udpPortOf(answer: string): number {
  const port = /^a=candidate:\S+ 1 udp \d+ \S+ (\d+) typ host/im.exec(answer)?.[1];
  if (port === undefined) throw new Error(`no UDP candidate:\n${answer}`);
  return Number(port);
}
