import { EventEmitter, once } from "node:events";
import { createConnection, type Socket } from "node:net";
import { setTimeout as delay } from "node:timers/promises";
import { connect as connectTls } from "node:tls";
import type { FlvTag } from "@footlight/protocols/flv/flv-file.ts";
import { type AmfValue, isAmfObject } from "@footlight/protocols/rtmp/amf-value.ts";
import { decodeAmf0, encodeAmf0 } from "@footlight/protocols/rtmp/amf0.ts";
import { ChunkReader } from "@footlight/protocols/rtmp/chunk-reader.ts";
import { ChunkWriter } from "@footlight/protocols/rtmp/chunk-writer.ts";
import { setChunkSize } from "@footlight/protocols/rtmp/control.ts";
import { MessageType, type RtmpMessage } from "@footlight/protocols/rtmp/message.ts";
import * as say from "@footlight/protocols/rtmp/publisher.ts";

const HANDSHAKE_SIZE = 1536;
const ANSWER_MS = 10_000;
/** What servers answer to createStream; said before they do. */
const STREAM_ID = 1;

/** `code` and `description` of an onStatus, `_result` or `_error`; empty where it has none. */
export interface PublisherStatus {
  readonly command: string;
  readonly level: string;
  readonly code: string;
  readonly description: string;
}

export interface RtmpTarget {
  /** 127.0.0.1 unless given. */
  readonly host?: string;
  readonly port: number;
  /** RTMPS; any certificate is believed. */
  readonly tls?: boolean;
}

/**
 * An RTMP publisher for tests, on a real socket, that can do what real encoders cannot be made to do:
 * Enhanced RTMP, timestamps near 2^32, jumps, silence, two with one key, bad bytes.
 *
 * ```ts
 * const publisher = await RtmpPublisher.publish({ port }, key);   // throws with the server's words if refused
 * const tags = await flvTags(["-f", "lavfi", "-i", "testsrc", …]); // rtmp-publisher-media.ts
 * await publisher.play(tags, { pace: "realtime", offsetMs: 2 ** 32 - 1000 });
 * publisher.unpublish();           // FCUnpublish and deleteStream, as OBS says goodbye
 * await publisher.closed;          // or publisher.destroy(): a cut cable
 * ```
 *
 * For wrong orders: `open()` does the handshake only, then `command()`, `message()` and `raw()` send anything.
 * `await using` destroys it.
 */
export class RtmpPublisher {
  readonly socket: Socket;
  /** Everything the server said by command, in order. */
  readonly statuses: PublisherStatus[] = [];
  /** Every message of the server. */
  readonly messages: RtmpMessage[] = [];
  /** Resolves when the socket is closed, by whomever. */
  readonly closed: Promise<void>;
  readonly #reader = new ChunkReader();
  readonly #writer = new ChunkWriter();
  #handshakeLeft = 1 + 2 * HANDSHAKE_SIZE;
  #isClosed = false;
  readonly #changes = new EventEmitter();
  #taken = 0;

  private constructor(socket: Socket) {
    this.socket = socket;
    socket.on("error", () => undefined);
    socket.on("data", (data) => this.#onData(data));
    this.closed = new Promise((resolve) => {
      socket.on("close", () => {
        this.#isClosed = true;
        this.#changes.emit("change");
        resolve();
      });
    });
  }

  /** TCP (or TLS) only: not a byte has been sent. */
  static async dial({ host = "127.0.0.1", port, tls = false }: RtmpTarget): Promise<RtmpPublisher> {
    const socket = tls
      ? connectTls({ host, port, rejectUnauthorized: false })
      : createConnection({ host, port, noDelay: true });
    const publisher = new RtmpPublisher(socket);
    await new Promise<void>((resolve, reject) => {
      socket.once(tls ? "secureConnect" : "connect", resolve);
      socket.once("error", reject);
    });
    return publisher;
  }

  /** Connected and with the handshake behind it. */
  static async open(target: RtmpTarget): Promise<RtmpPublisher> {
    const publisher = await RtmpPublisher.dial(target);
    publisher.raw(Buffer.concat([Buffer.from([3]), Buffer.alloc(HANDSHAKE_SIZE, 0x5a)]));
    await publisher.until(() => publisher.#handshakeLeft === 0);
    publisher.raw(Buffer.alloc(HANDSHAKE_SIZE, 0x5a));
    return publisher;
  }

  /** All the way to `NetStream.Publish.Start`. Throws with the server's description when it is refused. */
  static async publish(target: RtmpTarget, key: string, app = "live"): Promise<RtmpPublisher> {
    const publisher = await RtmpPublisher.open(target);
    throwIfRefused(await publisher.connect(app));
    throwIfRefused(await publisher.startPublish(key));
    return publisher;
  }

  /** `connect`, with OBS's chunk size; resolves with the server's answer. */
  async connect(app = "live"): Promise<PublisherStatus> {
    this.setChunkSize(4096);
    const flashVersion = "FMLE/3.0 (compatible; FootlightTest)";
    this.message(3, say.connect({ app, flashVersion, tcUrl: `rtmp://127.0.0.1/${app}` }));
    return this.nextStatus();
  }

  /** releaseStream, FCPublish, createStream and publish, one behind the other like OBS. */
  async startPublish(key: string): Promise<PublisherStatus> {
    this.message(3, say.releaseStream(key));
    this.message(3, say.fcPublish(key));
    this.message(3, say.createStream());
    this.message(3, say.publish(STREAM_ID, key));
    return this.statusWhere((status) => status.command === "onStatus" || status.command === "_error");
  }

  unpublish(): void {
    this.message(3, say.fcUnpublish(""));
    this.message(3, say.deleteStream(STREAM_ID));
  }

  command(...values: readonly AmfValue[]): void {
    this.message(3, {
      type: MessageType.commandAmf0,
      timestamp: 0,
      streamId: 1,
      payload: encodeAmf0(...values),
    });
  }

  metadata(info: Readonly<Record<string, AmfValue>>): void {
    this.message(4, say.setDataFrame(STREAM_ID, info));
  }

  /** One FLV tag as the message that it is; `offsetMs` is added modulo 2^32. */
  tag(tag: FlvTag, offsetMs = 0): void {
    const timestamp = (tag.timestamp + offsetMs) % 2 ** 32;
    this.message(tag.type === MessageType.audio ? 4 : 6, {
      type: tag.type,
      timestamp,
      streamId: 1,
      payload: tag.body,
    });
  }

  /**
   * Sends tags. `realtime`: each when its time has come, counted from the first; `free`: as fast as the
   * server reads. Stops when the signal aborts or the server closes.
   */
  async play(
    tags: readonly FlvTag[],
    options: {
      readonly pace?: "realtime" | "free";
      readonly offsetMs?: number;
      readonly signal?: AbortSignal;
    } = {},
  ): Promise<void> {
    const { pace = "free", offsetMs = 0, signal } = options;
    const beganAt = performance.now();
    const firstMs = tags.find((tag) => tag.timestamp > 0)?.timestamp ?? 0;
    for (const tag of tags) {
      const waitMs = tag.timestamp - firstMs - (performance.now() - beganAt);
      if (pace === "realtime" && waitMs > 0)
        await delay(waitMs, undefined, { signal }).catch(() => undefined);
      if (this.#isClosed || signal?.aborted) return;
      this.tag(tag, offsetMs);
      if (this.socket.writableNeedDrain) await this.#drained();
    }
  }

  message(chunkStreamId: number, message: RtmpMessage): void {
    this.raw(this.#writer.write(chunkStreamId, message));
  }

  setChunkSize(bytes: number): void {
    this.message(2, setChunkSize(bytes));
    this.#writer.setChunkSize(bytes);
  }

  raw(bytes: Uint8Array): void {
    if (this.socket.writable) this.socket.write(bytes);
  }

  /** The next command of the server that has not been taken yet. */
  nextStatus(): Promise<PublisherStatus> {
    return this.statusWhere(() => true);
  }

  /** Drops statuses up to the first that fits, and returns it; rejects when the server closes before. */
  async statusWhere(fits: (status: PublisherStatus) => boolean): Promise<PublisherStatus> {
    let found: PublisherStatus | undefined;
    await this.until(() => {
      while (found === undefined && this.#taken < this.statuses.length) {
        const status = this.statuses[this.#taken++] as PublisherStatus;
        if (fits(status)) found = status;
      }
      return found !== undefined;
    });
    return found as unknown as PublisherStatus;
  }

  /** Waits until something that the server did makes this true. */
  async until(condition: () => boolean): Promise<void> {
    const signal = AbortSignal.timeout(ANSWER_MS);
    while (!condition()) {
      if (this.#isClosed) throw new Error("closed by the RTMP server");
      await once(this.#changes, "change", { signal });
    }
  }

  /** Cuts the connection without a word. */
  destroy(): void {
    this.socket.destroy();
  }

  async [Symbol.asyncDispose](): Promise<void> {
    this.destroy();
    await this.closed;
  }

  #drained(): Promise<void> {
    return new Promise((resolve) => {
      const done = (): void => {
        this.socket.off("drain", done).off("close", done);
        resolve();
      };
      this.socket.on("drain", done).on("close", done);
    });
  }

  #onData(data: Buffer): void {
    const handshake = Math.min(this.#handshakeLeft, data.length);
    this.#handshakeLeft -= handshake;
    for (const message of this.#reader.push(data.subarray(handshake))) {
      this.messages.push(message);
      if (message.type === MessageType.commandAmf0) this.statuses.push(readStatus(message));
    }
    this.#changes.emit("change");
  }
}

function readStatus({ payload }: RtmpMessage): PublisherStatus {
  const [command, , , info] = decodeAmf0(payload);
  const field = (name: string): string => (isAmfObject(info) ? String(info[name] ?? "") : "");
  return {
    command: String(command),
    level: field("level"),
    code: field("code"),
    description: field("description"),
  };
}

function throwIfRefused(status: PublisherStatus): void {
  if (status.level === "error") throw new Error(`${status.code}: ${status.description}`);
}
