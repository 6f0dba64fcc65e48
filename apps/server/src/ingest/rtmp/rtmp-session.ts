import { randomBytes } from "node:crypto";
import type { Socket } from "node:net";
import type { FlvVideoCodec } from "@footlight/protocols/flv/video-tag.ts";
import { splitAggregate } from "@footlight/protocols/rtmp/aggregate.ts";
import { ChunkReader } from "@footlight/protocols/rtmp/chunk-reader.ts";
import {
  type Command,
  commandError,
  connectError,
  connectResult,
  onStatus,
  parseCommand,
  parseMetadata,
  result,
} from "@footlight/protocols/rtmp/command.ts";
import { UserEvent, userControl } from "@footlight/protocols/rtmp/control.ts";
import { RtmpError } from "@footlight/protocols/rtmp/errors.ts";
import { ServerHandshake } from "@footlight/protocols/rtmp/handshake.ts";
import { MessageType, type RtmpMessage } from "@footlight/protocols/rtmp/message.ts";
import type { Logger } from "../../platform/logger.ts";
import type { PublishLease } from "../../stream/publish.ts";
import type { Admitter } from "../admission.ts";
import { cleanName } from "../encoder-name.ts";
import { describeRefusal, describeRevocation } from "../refusal-words.ts";
import * as words from "./descriptions.ts";
import { type MediaFault, MediaFeed } from "./media-feed.ts";
import type { RtmpMetrics, RtmpRefusal, SessionOutcome } from "./metrics.ts";
import { RtmpPeer } from "./rtmp-peer.ts";
import type { ConnectedPeer, RtmpTimeouts, SessionState } from "./session-state.ts";

/** What a session needs of its surroundings. */
export interface RtmpSessionContext {
  readonly admitter: Admitter;
  /** Whether this machine can make something of a codec; refused by name otherwise. */
  readonly acceptsCodec: (codec: FlvVideoCodec) => boolean;
  readonly metrics: RtmpMetrics;
  readonly logger: Logger;
  readonly timeouts: RtmpTimeouts;
}

const APP = "live";
/** The one message stream a connection gets. */
const STREAM_ID = 1;
const FOURCCS: Readonly<Record<FlvVideoCodec, string>> = { h264: "avc1", hevc: "hvc1", av1: "av01" };

/** One RTMP peer: handshake, connect, publish, media. Owns its socket. */
export class RtmpSession {
  readonly #socket: Socket;
  readonly #protocol: "rtmp" | "rtmps";
  readonly #remoteAddress: string;
  readonly #context: RtmpSessionContext;
  readonly #logger: Logger;
  readonly #peer: RtmpPeer;
  readonly #reader = new ChunkReader();
  #state: SessionState = { kind: "handshaking", handshake: new ServerHandshake(randomBytes(1528)) };
  #timer: NodeJS.Timeout | undefined;

  constructor(
    socket: Socket,
    protocol: "rtmp" | "rtmps",
    remoteAddress: string,
    context: RtmpSessionContext,
  ) {
    this.#socket = socket;
    this.#protocol = protocol;
    this.#remoteAddress = remoteAddress;
    this.#context = context;
    this.#logger = context.logger.child({ protocol, remoteAddress });
    this.#peer = new RtmpPeer(socket, () => this.#destroy("output_overrun"));
  }

  /** Serves the peer until its socket is closed. Never rejects. */
  async run(): Promise<SessionOutcome> {
    // The iterator hears of errors while it runs; after it nobody needs to.
    this.#socket.on("error", () => undefined);
    this.#arm(this.#context.timeouts.connectMs);
    try {
      for await (const data of this.#socket as AsyncIterable<Buffer>) {
        this.#context.metrics.bytesReceived(data.length);
        await this.#receive(data);
      }
    } catch (error) {
      this.#onFailure(error);
    }
    this.#destroy("disconnected");
    return this.#outcome();
  }

  /** The server closes: the encoder is told to come back. Idempotent; `run` resolves when it is done. */
  close(): void {
    if (this.#state.kind === "closing" || this.#state.kind === "closed") return;
    if (this.#state.kind === "publishing") {
      this.#tell("NetConnection.Connect.Closed", describeRefusal("server_closing"));
    }
    this.#finish("server_closing");
  }

  #outcome(): SessionOutcome {
    return this.#state.kind === "closed" ? this.#state.outcome : "disconnected";
  }

  /** The one place where the state changes: leaves the old one, and sets the new one's deadline. */
  #enter(next: SessionState): void {
    const { timeouts } = this.#context;
    const previous = this.#state;
    this.#state = next;
    if (previous.kind === "publishing") {
      previous.lease.close(next.kind === "connected" ? "unpublished" : "connection_lost");
      this.#logger.info({ streamId: previous.lease.streamId, next: next.kind }, "publication over");
    }
    switch (next.kind) {
      case "connected":
        this.#arm(timeouts.publishMs);
        return;
      case "publishing":
        this.#arm(timeouts.idleMs);
        return;
      case "closing":
        this.#arm(timeouts.closeMs);
        return;
      case "closed":
        clearTimeout(this.#timer);
        return;
      case "handshaking":
      case "connecting":
      case "admitting":
        return; // the deadline that runs goes on
    }
  }

  #arm(timeoutMs: number): void {
    clearTimeout(this.#timer);
    this.#timer = setTimeout(() => this.#onDeadline(), timeoutMs);
  }

  #onDeadline(): void {
    if (this.#state.kind === "publishing") {
      this.#tell("NetConnection.Connect.Closed", describeRevocation("idle"));
      this.#finish("idle");
    } else {
      this.#destroy("timeout");
    }
  }

  /** Last words have been written: half-close, and give the peer a moment to read them. */
  #finish(outcome: SessionOutcome): void {
    if (this.#state.kind === "closing" || this.#state.kind === "closed") return;
    this.#enter({ kind: "closing", outcome });
    this.#socket.end();
  }

  #destroy(outcome: SessionOutcome): void {
    if (this.#state.kind !== "closed") {
      this.#enter({
        kind: "closed",
        outcome: this.#state.kind === "closing" ? this.#state.outcome : outcome,
      });
    }
    this.#socket.destroy();
  }

  #onFailure(error: unknown): void {
    if (error instanceof RtmpError) {
      this.#logger.info({ code: error.code, detail: error.message }, "peer broke the protocol");
      this.#destroy("protocol_error");
    } else if (error instanceof Error && "code" in error) {
      this.#destroy("disconnected"); // reset, premature close, a TLS alert
    } else {
      this.#logger.error({ err: error }, "session failed");
      this.#destroy("internal_error");
    }
  }

  async #receive(data: Uint8Array): Promise<void> {
    this.#peer.received(data.length);
    if (this.#state.kind === "publishing") this.#timer?.refresh();
    const chunks = this.#shakeHands(data);
    for (const message of this.#reader.push(chunks)) {
      if (this.#state.kind === "closing" || this.#state.kind === "closed") return;
      await this.#onMessage(message);
    }
  }

  /** Returns what is left for the chunk reader. */
  #shakeHands(data: Uint8Array): Uint8Array {
    let rest = data;
    while (this.#state.kind === "handshaking") {
      const step = this.#state.handshake.push(rest);
      if (step.kind === "more") return rest.subarray(rest.length);
      rest = step.rest;
      if (step.kind === "reply") this.#peer.write(step.bytes);
      else this.#enter({ kind: "connecting" });
    }
    return this.#state.kind === "closing" || this.#state.kind === "closed"
      ? rest.subarray(rest.length)
      : rest;
  }

  async #onMessage(message: RtmpMessage): Promise<void> {
    switch (message.type) {
      case MessageType.commandAmf0:
      case MessageType.commandAmf3:
        await this.#onCommand(parseCommand(message));
        return;
      case MessageType.dataAmf0:
      case MessageType.dataAmf3:
        this.#onData(message);
        return;
      case MessageType.audio:
      case MessageType.video:
        this.#onMedia(message);
        return;
      case MessageType.aggregate:
        for (const inner of splitAggregate(message)) {
          if (inner.type === MessageType.audio || inner.type === MessageType.video) this.#onMedia(inner);
        }
        return;
      default:
        if (message.type <= MessageType.setPeerBandwidth) this.#peer.onControl(message);
    }
  }

  #onData(message: RtmpMessage): void {
    if (this.#state.kind !== "publishing") {
      this.#context.metrics.messagesDropped(1);
      return;
    }
    const info = parseMetadata(message);
    if (info === undefined) return;
    this.#state.feed.metadata(info);
    this.#logger.debug({ encoder: this.#state.feed.encoder }, "metadata");
  }

  #onMedia(message: RtmpMessage): void {
    if (this.#state.kind !== "publishing") {
      this.#context.metrics.messagesDropped(1);
      return;
    }
    const fault = this.#state.feed.media(message);
    if (fault !== undefined) this.#onMediaFault(fault);
  }

  #onMediaFault(fault: MediaFault): void {
    if (fault.kind === "unsupported") {
      this.#refuse("unsupported_codec", words.describeUnsupported(fault.name));
    } else {
      this.#logger.info({ detail: fault.detail }, "media cannot be read");
      this.#refuse("malformed_media", words.MALFORMED);
    }
  }

  async #onCommand(command: Command): Promise<void> {
    if (command.kind === "connect") {
      this.#onConnect(command);
      return;
    }
    if (this.#state.kind !== "connected" && this.#state.kind !== "publishing") {
      throw new RtmpError("message", `${command.kind} before connect`);
    }
    const { transactionId } = command;
    switch (command.kind) {
      case "createStream":
        this.#peer.command(result(transactionId, null, STREAM_ID));
        return;
      case "publish":
        await this.#onPublish(command.streamName);
        return;
      case "play":
        this.#refuse("play", words.NO_PLAY, "NetStream.Play.Failed");
        return;
      case "unpublish":
        this.#onUnpublish();
        return;
      case "courtesy":
        this.#peer.command(result(transactionId, null, command.name === "getStreamLength" ? 0 : undefined));
        return;
      case "unknown":
        // Transaction 0 wants no answer (§7.2.2).
        if (transactionId !== 0) this.#peer.command(commandError(transactionId, "Unknown command."));
    }
  }

  #onConnect(command: Extract<Command, { kind: "connect" }>): void {
    if (this.#state.kind !== "connecting") throw new RtmpError("message", "connect out of order");
    const { admitter, acceptsCodec } = this.#context;
    const [app, ...instance] = command.app.split("/").filter((part) => part !== "");
    const lockedOut = admitter.lockedOut(this.#remoteAddress);
    if (lockedOut !== undefined) {
      this.#reject(command.transactionId, lockedOut.code, lockedOut.description);
    } else if (app !== APP) {
      this.#reject(command.transactionId, "wrong_app", words.WRONG_APP);
    } else {
      const codecs = (Object.keys(FOURCCS) as FlvVideoCodec[]).filter(acceptsCodec);
      const fourCcs = [...codecs.map((codec) => FOURCCS[codec]), "mp4a"];
      this.#peer.welcome();
      this.#peer.command(connectResult(command.transactionId, fourCcs));
      const peer = { instance: instance.join("/"), encoder: cleanName(command.flashVersion) };
      this.#enter({ kind: "connected", peer });
    }
  }

  async #onPublish(streamName: string): Promise<void> {
    if (this.#state.kind !== "connected") {
      this.#refuse("key_in_use", words.ALREADY_PUBLISHING, "NetStream.Publish.BadConnection");
      return;
    }
    const { peer } = this.#state;
    // Some phones put the whole path into the application and publish an empty name.
    const secret = streamName.replaceAll(/^\/+|\/+$/g, "") || peer.instance;
    this.#enter({ kind: "admitting" });
    const from = { protocol: this.#protocol, remoteAddress: this.#remoteAddress, encoder: peer.encoder };
    const admission = await this.#context.admitter.admit(secret, from, this.#logger);
    // The deadline, the server's end or an overrun may have come first.
    if ((this.#state as SessionState).kind !== "admitting") {
      if (admission.kind === "accepted") admission.lease.close("connection_lost");
      return;
    }
    switch (admission.kind) {
      case "accepted":
        this.#publish(admission.lease, peer);
        return;
      case "refused":
        this.#refuse(admission.code, admission.description);
        return;
      case "failed":
        this.#tell("NetStream.Publish.BadName", words.INTERNAL);
        this.#finish("internal_error");
    }
  }

  #publish(lease: PublishLease, peer: ConnectedPeer): void {
    const { acceptsCodec, metrics } = this.#context;
    const feed = new MediaFeed(lease, acceptsCodec, () => metrics.messagesDropped(1));
    this.#enter({ kind: "publishing", peer, lease, feed });
    this.#logger.info({ streamId: lease.streamId, encoder: peer.encoder }, "publishing");
    lease.revoked.addEventListener("abort", () => this.#onRevoked(lease), { once: true });
    if (lease.revoked.aborted) {
      this.#onRevoked(lease);
      return;
    }
    this.#peer.control(userControl(UserEvent.streamBegin, STREAM_ID));
    this.#peer.command(onStatus(STREAM_ID, words.PUBLISH_START));
  }

  #onUnpublish(): void {
    if (this.#state.kind !== "publishing") return;
    this.#peer.command(onStatus(STREAM_ID, words.UNPUBLISH_SUCCESS));
    this.#enter({ kind: "connected", peer: this.#state.peer });
  }

  #onRevoked(lease: PublishLease): void {
    if (this.#state.kind !== "publishing" || this.#state.lease !== lease) return;
    const reason: unknown = lease.revoked.reason;
    this.#logger.info({ streamId: lease.streamId, reason: String(reason) }, "publisher cut off");
    this.#tell("NetConnection.Connect.Closed", describeRevocation(reason));
    this.#finish("revoked");
  }

  #tell(code: string, description: string): void {
    this.#peer.command(onStatus(STREAM_ID, { level: "error", code, description }));
  }

  #refuse(code: RtmpRefusal, description: string, status = "NetStream.Publish.BadName"): void {
    this.#countRefusal(code);
    this.#tell(status, description);
    this.#finish("refused");
  }

  #reject(transactionId: number, code: RtmpRefusal, description: string): void {
    this.#countRefusal(code);
    this.#peer.command(connectError(transactionId, description));
    this.#finish("refused");
  }

  #countRefusal(code: RtmpRefusal): void {
    this.#context.metrics.publishRefused(code);
    this.#logger.info({ code }, "publisher refused");
  }
}
