import type { WebSocket } from "ws";
import { Challenge } from "./authentication.ts";
import {
  batchSchema,
  closeCode,
  envelopeSchema,
  identifySchema,
  op,
  type RemoteEvent,
  RPC_VERSION,
  reidentifySchema,
  requestSchema,
} from "./messages.ts";
import type { Requests } from "./requests.ts";

const IDENTIFY_MS = 10_000;
/** A client that does not read is let go. */
const MAX_UNREAD_BYTES = 4 * 1024 * 1024;
export const SPOKEN_VERSION = "5.5.0";

type State = { readonly state: "asked" } | { readonly state: "identified"; readonly subscriptions: number };

/** One client of the remote control: asked who it is, then served in order. */
export class RemoteSession {
  #state: State = { state: "asked" };
  readonly #challenge: Challenge;
  #work: Promise<void> = Promise.resolve();
  readonly counts = { incoming: 0, outgoing: 0 };

  constructor(
    private readonly socket: WebSocket,
    password: string,
    private readonly requests: Requests,
    private readonly onWrongPassword: () => void,
  ) {
    this.#challenge = new Challenge(password);
    const late = setTimeout(() => this.#close(closeCode.notIdentified, "too late"), IDENTIFY_MS);
    socket.on("message", (data, isBinary) => {
      this.counts.incoming++;
      if (isBinary) this.#close(closeCode.messageDecodeError, "this is the JSON protocol");
      else this.#take(String(data));
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

  tell({ type, intent, data }: RemoteEvent): void {
    if (this.#state.state !== "identified" || (this.#state.subscriptions & intent) === 0) return;
    this.#send(op.event, { eventType: type, eventIntent: intent, eventData: data });
  }

  #take(text: string): void {
    let json: unknown;
    try {
      json = JSON.parse(text);
    } catch {
      this.#close(closeCode.messageDecodeError, "no JSON");
      return;
    }
    const message = envelopeSchema.safeParse(json);
    if (!message.success) {
      // A client of version 4 says so.
      const isOld = typeof json === "object" && json !== null && "request-type" in json;
      this.#close(
        isOld ? closeCode.unsupportedRpcVersion : closeCode.messageDecodeError,
        "op and d are missing",
      );
      return;
    }
    if (this.#state.state === "asked") this.#identify(message.data);
    else this.#serve(message.data);
  }

  #identify(message: { readonly op: number; readonly d: unknown }): void {
    if (message.op !== op.identify) {
      this.#close(closeCode.notIdentified, "identify first");
      return;
    }
    const identify = identifySchema.safeParse(message.d);
    if (!identify.success) this.#close(closeCode.missingDataField, "identify is not whole");
    else if (identify.data.rpcVersion !== RPC_VERSION)
      this.#close(closeCode.unsupportedRpcVersion, "RPC version 1 only");
    else if (!this.#challenge.isAnswer(identify.data.authentication)) {
      this.onWrongPassword();
      this.#close(closeCode.authenticationFailed, "wrong password");
    } else this.#become(identify.data.eventSubscriptions);
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
        const wish = reidentifySchema.safeParse(message.d);
        if (wish.success) this.#become(wish.data.eventSubscriptions);
        else this.#close(closeCode.missingDataField, "reidentify is not whole");
        return;
      }
      case op.request: {
        const request = requestSchema.safeParse(message.d);
        if (!request.success) this.#close(closeCode.missingDataField, "the request is not whole");
        else this.#enqueue(async () => this.#send(op.response, await this.requests.answer(request.data)));
        return;
      }
      case op.batch: {
        const batch = batchSchema.safeParse(message.d);
        if (!batch.success) this.#close(closeCode.missingDataField, "the batch is not whole");
        else
          this.#enqueue(async () => this.#send(op.batchResponse, await this.requests.answerAll(batch.data)));
        return;
      }
      default:
        this.#close(closeCode.unknownOp, "no such op");
    }
  }

  /** In the order they came in: a client that sets and then starts relies on it. */
  #enqueue(work: () => Promise<void>): void {
    this.#work = this.#work.then(work);
  }

  #send(code: number, d: object): void {
    if (this.socket.readyState !== this.socket.OPEN) return;
    if (this.socket.bufferedAmount > MAX_UNREAD_BYTES) {
      this.socket.terminate();
      return;
    }
    this.counts.outgoing++;
    this.socket.send(JSON.stringify({ op: code, d }));
  }

  #close(code: number, reason: string): void {
    this.socket.close(code, reason);
  }
}
