import { randomBytes } from "node:crypto";
import { createConnection, isIP, type Socket } from "node:net";
import { type ConnectionOptions, connect as connectTls } from "node:tls";
import type { AmfObject } from "@footlight/protocols/rtmp/amf-value.ts";
import { ChunkReader } from "@footlight/protocols/rtmp/chunk-reader.ts";
import { ChunkWriter } from "@footlight/protocols/rtmp/chunk-writer.ts";
import { ClientHandshake } from "@footlight/protocols/rtmp/client-handshake.ts";
import { COMMAND_CHUNK_STREAM, SERVER_NAME } from "@footlight/protocols/rtmp/command.ts";
import {
  acknowledgement,
  CONTROL_CHUNK_STREAM,
  parseControl,
  setChunkSize,
  UserEvent,
  userControl,
  windowAckSize,
} from "@footlight/protocols/rtmp/control.ts";
import { MessageType, type RtmpMessage } from "@footlight/protocols/rtmp/message.ts";
import * as say from "@footlight/protocols/rtmp/publisher.ts";
import { STUDIO_ENCODER } from "@footlight/shared";
import { InFlight } from "./in-flight.ts";
import { classifyRefusal } from "./refusal.ts";
import { parseRtmpAddress } from "./rtmp-address.ts";
import { faultOfSocket, RtmpFault } from "./rtmp-fault.ts";

const CHUNK_SIZE = 4096;
const FLASH_VERSION = `FMLE/3.0 (compatible; ${STUDIO_ENCODER})`;
/** From the first packet to Publish.Start. */
const PUBLISH_DEADLINE_MS = 10_000;
/** For the server's word on our goodbye. */
const GOODBYE_MS = 500;
/** Bytes that may wait in this process; what waits longer belongs into the queue, where it can still be dropped. */
const SOCKET_BYTES = 32 * 1024;

type State =
  | { readonly kind: "handshake"; readonly handshake: ClientHandshake }
  | { readonly kind: "connecting" | "creating" }
  | { readonly kind: "publishing" | "live" | "leaving"; readonly streamId: number }
  | { readonly kind: "closed"; readonly fault: RtmpFault };

export interface RtmpConnectOptions {
  /** Without the key. */
  readonly url: string;
  readonly key: string;
  /** Of picture and sound together: how much may be on its way follows from it. */
  readonly bitrateBps: number;
  readonly signal: AbortSignal;
  readonly tls?: ConnectionOptions;
}

/**
 * One RTMP publication on one socket, which lives and dies once. `publish()` resolves when the server has said
 * `NetStream.Publish.Start`, or throws `RtmpFault`; `closed` tells how it ended and never rejects.
 */
export class RtmpConnection {
  readonly closed: Promise<RtmpFault>;
  /** Called whenever there may be room again. */
  onRoom: () => void = () => {};
  readonly #socket: Socket;
  readonly #key: string;
  readonly #tcUrl: string;
  readonly #app: string;
  readonly #reader = new ChunkReader();
  readonly #writer = new ChunkWriter();
  readonly #inFlight: InFlight;
  #state: State;
  #keepsStream = false;
  #received = 0;
  #acknowledged = 0;
  /** What the server wants acknowledged. */
  #window = 2_500_000;
  #resolveClosed: (fault: RtmpFault) => void = () => {};
  #onChange: () => void = () => {};

  static async publish(options: RtmpConnectOptions): Promise<RtmpConnection> {
    const address = parseRtmpAddress(options.url);
    if (address === undefined) throw new RtmpFault("bad_address");
    if (options.signal.aborted) throw new RtmpFault("asked");
    const { host, port } = address;
    const servername = isIP(host) === 0 ? { servername: host } : {};
    const socket = address.tls
      ? connectTls({ host, port, ...servername, ...options.tls })
      : createConnection({ host, port });
    socket.setNoDelay(true);
    const connection = new RtmpConnection(socket, address, options);
    const onAbort = (): void => connection.#end(new RtmpFault("asked"));
    const deadline = setTimeout(() => connection.#end(new RtmpFault("timed_out")), PUBLISH_DEADLINE_MS);
    options.signal.addEventListener("abort", onAbort, { once: true });
    try {
      await connection.#isLive();
    } finally {
      clearTimeout(deadline);
      options.signal.removeEventListener("abort", onAbort);
    }
    return connection;
  }

  private constructor(
    socket: Socket,
    address: { readonly tls: boolean; readonly app: string; readonly tcUrl: string },
    options: RtmpConnectOptions,
  ) {
    this.#socket = socket;
    this.#key = options.key;
    this.#app = address.app;
    this.#tcUrl = address.tcUrl;
    this.#inFlight = new InFlight(options.bitrateBps);
    const handshake = new ClientHandshake(randomBytes(1528));
    this.#state = { kind: "handshake", handshake };
    this.closed = new Promise((resolve) => {
      this.#resolveClosed = resolve;
    });
    let connected = false;
    let failure: NodeJS.ErrnoException | undefined;
    socket.once(address.tls ? "secureConnect" : "connect", () => {
      connected = true;
      socket.write(handshake.hello);
    });
    socket.on("error", (error) => {
      failure = error;
    });
    socket.on("data", (data) => this.#onData(data));
    socket.on("drain", () => this.onRoom());
    socket.on("close", () => {
      const asked = this.#state.kind === "publishing" && failure === undefined;
      this.#end(asked ? new RtmpFault("closed_unsaid") : faultOfSocket(failure, connected));
    });
  }

  /** Whether a message that is sent now goes out soon. */
  get hasRoom(): boolean {
    return (
      this.#state.kind === "live" && this.#socket.writableLength < SOCKET_BYTES && this.#inFlight.hasRoom
    );
  }

  /** The server waits for us when the line breaks, until we say goodbye. */
  get keepsStream(): boolean {
    return this.#keepsStream;
  }

  /** Bytes that the server has, as far as we know: what it acknowledged, else what the system took from us. */
  get deliveredBytes(): number {
    return this.#inFlight.delivered ?? this.#socket.bytesWritten - this.#socket.writableLength;
  }

  /** Wire bytes handed to the socket so far. */
  get sentBytes(): number {
    return this.#inFlight.sent;
  }

  /** How long the oldest has stood in the line, beyond the time that its way takes. */
  get standingMs(): number {
    return this.#inFlight.standingMs;
  }

  metadata(info: AmfObject): void {
    if (this.#state.kind !== "live") return;
    this.#write(say.PublishChunkStream.data, say.setDataFrame(this.#state.streamId, info));
  }

  /** @param timestampMs any number: it is sent modulo 2^32. @param body of an FLV tag */
  send(kind: "audio" | "video", timestampMs: number, body: Buffer): void {
    if (this.#state.kind !== "live") return;
    const timestamp = timestampMs >>> 0;
    const message = { type: MessageType[kind], timestamp, streamId: this.#state.streamId, payload: body };
    this.#write(say.PublishChunkStream[kind], message);
  }

  /** FCUnpublish and deleteStream after all that was sent, then the end; bounded in time. */
  async unpublish(): Promise<void> {
    if (this.#state.kind === "live") {
      const { streamId } = this.#state;
      this.#state = { kind: "leaving", streamId };
      this.#write(COMMAND_CHUNK_STREAM, say.fcUnpublish(this.#key));
      this.#write(COMMAND_CHUNK_STREAM, say.deleteStream(streamId));
      const late = setTimeout(() => this.destroy(), GOODBYE_MS);
      this.#socket.end();
      await this.closed;
      clearTimeout(late);
    }
    this.destroy();
  }

  /** At once, without a word. */
  destroy(fault = new RtmpFault("asked")): void {
    this.#end(fault);
  }

  #isLive(): Promise<void> {
    return new Promise((resolve, reject) => {
      this.#onChange = () => {
        if (this.#state.kind === "live") resolve();
        else if (this.#state.kind === "closed") reject(this.#state.fault);
      };
      this.#onChange();
    });
  }

  #enter(state: State): void {
    this.#state = state;
    this.#onChange();
  }

  #end(fault: RtmpFault): void {
    if (this.#state.kind === "closed") return;
    this.#enter({ kind: "closed", fault });
    this.#socket.destroy();
    this.#resolveClosed(fault);
  }

  #write(chunkStreamId: number, message: RtmpMessage): void {
    const bytes = this.#writer.write(chunkStreamId, message);
    this.#inFlight.send(bytes.length);
    this.#socket.write(bytes);
  }

  #onData(data: Uint8Array): void {
    this.#received += data.length;
    try {
      this.#read(data);
    } catch (cause) {
      this.#end(new RtmpFault("protocol", { cause }));
    }
    if (this.#received - this.#acknowledged < this.#window || this.#state.kind === "closed") return;
    this.#acknowledged = this.#received;
    this.#write(CONTROL_CHUNK_STREAM, acknowledgement(this.#received % 2 ** 32));
  }

  #read(data: Uint8Array): void {
    let rest = data;
    if (this.#state.kind === "handshake") {
      const done = this.#state.handshake.push(data);
      if (done === undefined) return;
      this.#socket.write(done.reply);
      this.#write(CONTROL_CHUNK_STREAM, setChunkSize(CHUNK_SIZE));
      this.#writer.setChunkSize(CHUNK_SIZE);
      this.#enter({ kind: "connecting" });
      const connect = { app: this.#app, tcUrl: this.#tcUrl, flashVersion: FLASH_VERSION };
      this.#write(COMMAND_CHUNK_STREAM, say.connect(connect));
      // Small, for its acknowledgements tell us how the line is.
      this.#write(CONTROL_CHUNK_STREAM, windowAckSize(this.#inFlight.windowBytes));
      rest = done.rest;
    }
    for (const message of this.#reader.push(rest)) {
      if (message.type === MessageType.commandAmf0 || message.type === MessageType.commandAmf3) {
        this.#onCommand(say.parseServerCommand(message));
      } else this.#onControl(message);
      if (this.#state.kind === "closed") return;
    }
  }

  #onControl(message: RtmpMessage): void {
    const control = parseControl(message);
    switch (control.kind) {
      case "windowAckSize":
        this.#window = Math.max(control.bytes, 64 * 1024);
        return;
      case "setPeerBandwidth":
        // §5.4.5: answered by a window.
        this.#write(CONTROL_CHUNK_STREAM, windowAckSize(this.#inFlight.windowBytes));
        return;
      case "pingRequest":
        this.#write(CONTROL_CHUNK_STREAM, userControl(UserEvent.pingResponse, control.time));
        return;
      case "acknowledgement":
        this.#inFlight.acknowledge(control.bytes);
        this.onRoom();
        return;
      case "other":
        return;
    }
  }

  #onCommand(command: say.ServerCommand): void {
    if (command.kind === "other") return;
    const failed =
      command.kind === "error" ? this.#minds(command.transactionId) : isError(command, this.#state.kind);
    if (failed) {
      const refusal = classifyRefusal(command.code, command.description);
      this.#end(new RtmpFault("refused", { refusal }));
      return;
    }
    const { kind } = this.#state;
    if (kind === "connecting" && isResult(command, say.Transaction.connect)) {
      this.#keepsStream = command.serverName === SERVER_NAME;
      this.#enter({ kind: "creating" });
      // One behind the other, as OBS does: releaseStream and FCPublish want no answer.
      this.#write(COMMAND_CHUNK_STREAM, say.releaseStream(this.#key));
      this.#write(COMMAND_CHUNK_STREAM, say.fcPublish(this.#key));
      this.#write(COMMAND_CHUNK_STREAM, say.createStream());
    } else if (kind === "creating" && isResult(command, say.Transaction.createStream)) {
      const streamId = command.streamId ?? 1;
      this.#enter({ kind: "publishing", streamId });
      this.#write(COMMAND_CHUNK_STREAM, say.publish(streamId, this.#key));
    } else if (
      this.#state.kind === "publishing" &&
      command.kind === "status" &&
      command.code === "NetStream.Publish.Start"
    ) {
      this.#enter({ kind: "live", streamId: this.#state.streamId });
    }
  }

  /** Servers that do not know the courtesies answer them with an error, which means nothing. */
  #minds(transactionId: number): boolean {
    const courtesies: readonly number[] = [say.Transaction.releaseStream, say.Transaction.fcPublish];
    return this.#state.kind !== "leaving" && !courtesies.includes(transactionId);
  }
}

type Said = Exclude<say.ServerCommand, { readonly kind: "other" }>;

function isResult(
  command: Said,
  transactionId: number,
): command is Extract<Said, { readonly transactionId: number }> {
  return command.kind === "result" && command.transactionId === transactionId;
}

function isError(command: Said, state: State["kind"]): boolean {
  return command.kind === "status" && command.level === "error" && state !== "leaving";
}
