import type { RawData, WebSocket } from "ws";
import type { z } from "zod";
import { Challenge } from "./authentication.ts";
import { type Coding, codingOf } from "./coding.ts";
import {
  batchSchema,
  type CloseCode,
  closeCode,
  identifySchema,
  op,
  type RemoteEvent,
  RPC_VERSION,
  reidentifySchema,
  requestSchema,
} from "./messages.ts";
import { isOfVersion4, type Read, readEnvelope, readPayload } from "./payload.ts";
import type { Requests } from "./requests.ts";

const IDENTIFY_MS = 10_000;
/** A client that does not read is let go. */
const MAX_UNREAD_BYTES = 4 * 1024 * 1024;
/** Requests that wait for those before them. */
const MAX_WAITING = 1_000;
export const SPOKEN_VERSION = "5.5.0";

type State = { readonly state: "asked" } | { readonly state: "identified"; readonly subscriptions: number };

/** One client of the remote control: asked who it is, then served in order. */
export class RemoteSession {
  #state: State = { state: "asked" };
  readonly #challenge: Challenge;
  readonly #coding: Coding;
  #work: Promise<void> = Promise.resolve();
  #waiting = 0;
  readonly counts = { incoming: 0, outgoing: 0 };

  constructor(
    private readonly socket: WebSocket,
    password: string,
    private readonly requests: Requests,
    private readonly onWrongPassword: () => void,
  ) {
    this.#challenge = new Challenge(password);
    this.#coding = codingOf(socket.protocol);
    const late = setTimeout(() => this.#close(closeCode.notIdentified, "too late"), IDENTIFY_MS);
    socket.on("message", (data, isBinary) => {
      this.counts.incoming++;
      this.#take(data, isBinary);
      if (this.#state.state === "identified") clearTimeout(late);
    });
    socket.on("close", () => clearTimeout(late));
    const { salt, challenge } = this.#challenge;
    this.#send(op.hello, {
      obsWebSocketVersion: SPOKEN_VERSION,
      rpcVersion: RPC_VERSION,
      authentication: { challenge, salt },
    });
  }

  hears(intent: number): boolean {
    return this.#state.state === "identified" && (this.#state.subscriptions & intent) !== 0;
  }

  tell({ type, intent, data }: RemoteEvent): void {
    if (this.hears(intent))
      this.#send(op.event, { eventType: type, eventIntent: intent, ...(data && { eventData: data }) });
  }

  #take(data: RawData, isBinary: boolean): void {
    if (isBinary !== this.#coding.isBinary) {
      this.#close(closeCode.messageDecodeError, `this is ${this.#coding.subprotocol}`);
      return;
    }
    let message: unknown;
    try {
      message = this.#coding.decode(data as Buffer);
    } catch {
      this.#close(closeCode.messageDecodeError, "not readable");
      return;
    }
    if (this.#state.state === "asked" && isOfVersion4(message)) {
      this.#close(closeCode.unsupportedRpcVersion, "this is version 5 of the protocol");
      return;
    }
    const envelope = this.#read(readEnvelope(message));
    if (envelope === undefined) return;
    if (this.#state.state === "asked") this.#identify(envelope);
    else this.#serve(envelope);
  }

  #identify(message: { readonly op: number; readonly d: unknown }): void {
    if (message.op !== op.identify) {
      this.#close(closeCode.notIdentified, "identify first");
      return;
    }
    const wish = this.#payload(identifySchema, message.d);
    if (wish === undefined) return;
    if (!this.#challenge.isAnswer(wish.authentication)) {
      this.onWrongPassword();
      this.#close(closeCode.authenticationFailed, "wrong password");
    } else if (wish.rpcVersion !== RPC_VERSION)
      this.#close(closeCode.unsupportedRpcVersion, "RPC version 1 only");
    else this.#become(wish.eventSubscriptions);
  }

  #become(subscriptions: number): void {
    this.#state = { state: "identified", subscriptions };
    this.#send(op.identified, { negotiatedRpcVersion: RPC_VERSION });
  }

  #serve(message: { readonly op: number; readonly d: unknown }): void {
    switch (message.op) {
      case op.identify:
        this.#close(closeCode.alreadyIdentified, "identified already");
        return;
      case op.reidentify: {
        const wish = this.#payload(reidentifySchema, message.d);
        if (wish) this.#become(wish.eventSubscriptions);
        return;
      }
      case op.request: {
        const request = this.#payload(requestSchema, message.d);
        if (request) this.#enqueue(async () => this.#send(op.response, await this.requests.answer(request)));
        return;
      }
      case op.batch: {
        const batch = this.#payload(batchSchema, message.d);
        if (batch)
          this.#enqueue(async () => this.#send(op.batchResponse, await this.requests.answerAll(batch)));
        return;
      }
      default:
        this.#close(closeCode.unknownOp, "no such op");
    }
  }

  /** In the order they came in: a client that sets and then starts relies on it. */
  #enqueue(work: () => Promise<void>): void {
    if (this.#waiting >= MAX_WAITING) {
      this.socket.close(1008, "too many requests at once");
      return;
    }
    this.#waiting++;
    this.#work = this.#work.then(work).finally(() => this.#waiting--);
  }

  #payload<S extends z.ZodType>(schema: S, d: unknown): z.infer<S> | undefined {
    return this.#read(readPayload(schema, d));
  }

  /** Lets the client go where it cannot be read. */
  #read<T>(read: Read<T>): T | undefined {
    if ("value" in read) return read.value;
    this.#close(read.code, read.reason);
    return undefined;
  }

  #send(code: number, d: object): void {
    if (this.socket.readyState !== this.socket.OPEN) return;
    if (this.socket.bufferedAmount > MAX_UNREAD_BYTES) {
      this.socket.terminate();
      return;
    }
    this.counts.outgoing++;
    this.socket.send(this.#coding.encode({ op: code, d }));
  }

  #close(code: CloseCode, reason: string): void {
    this.socket.close(code, reason);
  }
}
