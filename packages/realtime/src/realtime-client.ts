import {
  type ClientMessageInput,
  type ErrorCode,
  REALTIME_CLOSE,
  REALTIME_LIMITS,
  type RealtimeMe,
  type RealtimeMethod,
  type RealtimeParams,
  type RealtimeResult,
  ServerMessage,
  type Topic,
  type TopicKind,
  type TopicState,
} from "@footlight/shared";
import { Store } from "@footlight/ui/store.ts";
import { PendingRequests } from "./pending-requests.ts";
import { RealtimeFault } from "./realtime-fault.ts";
import { PATIENT_ATTEMPT, retryDelayMs } from "./retry-delay.ts";
import { TopicMirror } from "./topic-mirror.ts";

/** What becomes of a socket; `closed` comes once, whatever happened to it. */
export interface SocketEvents {
  opened(): void;
  received(text: string): void;
  closed(code: number): void;
}
export interface RealtimeSocket {
  send(text: string): void;
  close(): void;
}

export interface RealtimeDeps {
  readonly connect: (events: SocketEvents) => RealtimeSocket;
  /** Without one, who we are is what the cookie says. */
  readonly auth?: { readonly kind: "session" | "guest"; readonly token: string };
  readonly random: () => number;
}

export type RealtimeLink =
  /** Nobody wants anything. */
  | { readonly kind: "idle" }
  | { readonly kind: "connecting"; readonly attempt: number }
  | { readonly kind: "open"; readonly me: RealtimeMe }
  | { readonly kind: "lost"; readonly attempt: number }
  /** For good. */
  | { readonly kind: "closed"; readonly reason: "unauthenticated" | "left" };

export type TopicNews<Kind extends TopicKind> =
  | { readonly kind: "state"; readonly state: TopicState<Kind> }
  | { readonly kind: "refused"; readonly code: ErrorCode };

/** It would do the same again. */
const REFUSALS: ReadonlySet<number> = new Set([
  REALTIME_CLOSE.badMessage,
  REALTIME_CLOSE.tooBig,
  REALTIME_CLOSE.tooManyTopics,
  REALTIME_CLOSE.tooManyMessages,
]);

interface Subscription {
  readonly mirror: TopicMirror<TopicKind>;
  readonly listeners: Set<(news: TopicNews<TopicKind>) => void>;
}

/**
 * The client of `/realtime` (its protocol: packages/shared, contracts/signalling.ts). It connects when the
 * first topic or request is there, comes back by itself when the connection breaks, and lets go a moment
 * after the last topic.
 */
export class RealtimeClient {
  readonly link = new Store<RealtimeLink>({ kind: "idle" });
  readonly #subscriptions = new Map<Topic, Subscription>();
  readonly #requests = new PendingRequests();
  #socket: RealtimeSocket | undefined;
  #retry: ReturnType<typeof setTimeout> | undefined;
  #silence: ReturnType<typeof setTimeout> | undefined;
  #attempt = 0;

  constructor(private readonly deps: RealtimeDeps) {}

  /**
   * Tells the topic's state, at once where it is known, and again whenever it changes. `refused` may be
   * followed by nothing more. Returns how to stop it.
   */
  subscribe<Kind extends TopicKind>(
    kind: Kind,
    id: string,
    onNews: (news: TopicNews<Kind>) => void,
  ): () => void {
    const topic: Topic = `${kind}:${id}`;
    const listener = onNews as (news: TopicNews<TopicKind>) => void;
    let subscription = this.#subscriptions.get(topic);
    if (subscription === undefined) {
      subscription = { mirror: new TopicMirror(topic), listeners: new Set() };
      this.#subscriptions.set(topic, subscription);
      if (this.link.get().kind === "open") this.#say({ type: "subscribe", topic });
      else this.#want();
    }
    subscription.listeners.add(listener);
    const { state } = subscription.mirror;
    if (state !== undefined) listener({ kind: "state", state });
    return () => this.#unsubscribe(topic, listener);
  }

  /** Rejects with `RealtimeFault`. What is asked while the connection is away waits for it. */
  request<M extends RealtimeMethod>(
    method: M,
    params: RealtimeParams<M>,
    deadlineMs = 10_000,
  ): Promise<RealtimeResult<M>> {
    if (this.link.get().kind === "closed") return Promise.reject(new RealtimeFault("network"));
    const { message, answer } = this.#requests.add(method, params, deadlineMs);
    if (this.link.get().kind === "open") this.#send(message.id, message);
    else this.#want();
    return answer;
  }

  /** The network is back, or the page is shown again: no need to wait for the next try. */
  retryNow(): void {
    if (this.link.get().kind === "lost") this.#connect();
  }

  close(): void {
    this.#end("left");
  }

  #want(): void {
    if (this.link.get().kind === "idle") this.#connect();
  }

  #connect(): void {
    clearTimeout(this.#retry);
    this.link.set({ kind: "connecting", attempt: this.#attempt });
    const socket: RealtimeSocket = this.deps.connect({
      opened: () => this.#isCurrent(socket) && this.#hello(),
      received: (text) => this.#isCurrent(socket) && this.#received(text),
      closed: (code) => this.#isCurrent(socket) && this.#lost(code),
    });
    this.#socket = socket;
    this.#listen();
  }

  #isCurrent(socket: RealtimeSocket): boolean {
    return socket === this.#socket;
  }

  #hello(): void {
    const { auth } = this.deps;
    const resume = [...this.#subscriptions.values()].flatMap(({ mirror }) => mirror.position ?? []);
    this.#say({ type: "hello", ...(auth && { auth }), resume });
  }

  #received(text: string): void {
    this.#listen();
    const message = parse(text);
    // A newer server may say what this page does not know yet.
    if (message === undefined) return;
    switch (message.type) {
      case "welcome":
        this.#opened(message.me);
        break;
      case "ping":
        this.#say({ type: "pong" });
        break;
      case "response":
        this.#requests.resolve(message.id, message.result);
        break;
      case "response_problem":
        this.#requests.reject(message.id, message.problem.code as ErrorCode);
        break;
      case "refused":
        this.#tell(message.topic, { kind: "refused", code: message.problem.code as ErrorCode });
        break;
      case "snapshot":
      case "resumed":
      case "patch":
        this.#mirror(message);
    }
  }

  #opened(me: RealtimeMe): void {
    this.#attempt = 0;
    this.link.set({ kind: "open", me });
    for (const { mirror } of this.#subscriptions.values()) {
      if (mirror.position === undefined) this.#say({ type: "subscribe", topic: mirror.topic });
    }
    for (const message of this.#requests.unsent()) this.#send(message.id, message);
  }

  #mirror(message: Extract<ServerMessage, { type: "snapshot" | "resumed" | "patch" }>): void {
    const subscription = this.#subscriptions.get(message.topic);
    if (subscription === undefined) return;
    const { mirror } = subscription;
    const wasWhole = mirror.position !== undefined;
    const news = mirror.apply(message);
    // Patches on the way to us after a gap do not ask once more.
    if (news === "ask_again" && wasWhole) this.#say({ type: "subscribe", topic: mirror.topic });
    if (news === "changed" && mirror.state !== undefined)
      this.#tell(mirror.topic, { kind: "state", state: mirror.state });
  }

  #tell(topic: Topic, news: TopicNews<TopicKind>): void {
    for (const listener of [...(this.#subscriptions.get(topic)?.listeners ?? [])]) listener(news);
  }

  #unsubscribe(topic: Topic, listener: (news: TopicNews<TopicKind>) => void): void {
    const subscription = this.#subscriptions.get(topic);
    if (subscription?.listeners.delete(listener) !== true || subscription.listeners.size > 0) return;
    this.#subscriptions.delete(topic);
    if (this.link.get().kind === "open") this.#say({ type: "unsubscribe", topic });
    if (this.#subscriptions.size === 0 && this.#requests.size === 0) this.#rest();
  }

  #rest(): void {
    if (this.link.get().kind === "closed") return;
    this.#drop();
    this.#attempt = 0;
    this.link.set({ kind: "idle" });
  }

  #lost(code: number): void {
    this.#drop();
    if (code === REALTIME_CLOSE.unauthenticated) {
      this.#end("unauthenticated");
      return;
    }
    // Whether the server has heard a request that it did not answer, nobody knows.
    this.#requests.failSent();
    this.link.set({ kind: "lost", attempt: this.#attempt });
    if (REFUSALS.has(code)) this.#attempt = Math.max(this.#attempt, PATIENT_ATTEMPT);
    this.#retry = setTimeout(() => this.#connect(), retryDelayMs(this.#attempt, this.deps.random()));
    this.#attempt += 1;
  }

  #end(reason: "unauthenticated" | "left"): void {
    if (this.link.get().kind === "closed") return;
    this.#drop();
    this.#requests.failAll();
    this.link.set({ kind: "closed", reason });
    this.#subscriptions.clear();
  }

  #drop(): void {
    clearTimeout(this.#retry);
    clearTimeout(this.#silence);
    const socket = this.#socket;
    this.#socket = undefined;
    socket?.close();
  }

  /** A connection that has died without a word is noticed by its silence. */
  #listen(): void {
    clearTimeout(this.#silence);
    this.#silence = setTimeout(() => this.#lost(REALTIME_CLOSE.silent), REALTIME_LIMITS.silenceMs);
  }

  #send(id: number, message: ClientMessageInput): void {
    this.#requests.sent(id);
    this.#say(message);
  }

  #say(message: ClientMessageInput): void {
    this.#socket?.send(JSON.stringify(message));
  }
}

function parse(text: string): ServerMessage | undefined {
  try {
    const parsed = ServerMessage.safeParse(JSON.parse(text));
    return parsed.success ? parsed.data : undefined;
  } catch {
    return undefined;
  }
}
