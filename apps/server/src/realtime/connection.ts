import {
  ClientMessage,
  ERROR_STATUS,
  type ErrorCode,
  parseTopic,
  REALTIME_CLOSE,
  REALTIME_LIMITS,
  type RealtimeProblem,
  type ServerMessage,
  type Topic as TopicName,
  type TopicPosition,
  type UserId,
} from "@footlight/shared";
import type { RawData, WebSocket } from "ws";
import type { Clock } from "../platform/clock.ts";
import type { Logger } from "../platform/logger.ts";
import { meOf, type RealtimeCaller, type RealtimeIdentity } from "./caller.ts";
import { MessageBudget } from "./message-budget.ts";
import type { RealtimeMethods, RealtimeSession } from "./methods.ts";
import { problemOf } from "./problem-of.ts";
import type { Topics } from "./topics.ts";

/** What a client has not read yet; above it nobody reads any more. */
const MAX_UNREAD_BYTES = 1024 * 1024;
/** From our close frame to the end of the socket. */
const CLOSE_MS = 2_000;

export interface ConnectionDeps {
  readonly topics: Topics;
  readonly methods: RealtimeMethods;
  readonly identity: RealtimeIdentity;
  readonly clock: Clock;
  readonly logger: Logger;
}

export interface ConnectionOrigin {
  readonly address: string;
  readonly userAgent: string | undefined;
  /** Of the cookie, where the page that opened the socket is our own. */
  readonly sessionToken: string | undefined;
}

type State =
  | { readonly kind: "new" }
  | { readonly kind: "greeting" }
  | {
      readonly kind: "open";
      readonly caller: RealtimeCaller;
      /** Of an account. */
      readonly token: string | undefined;
      readonly session: RealtimeSession;
    }
  | { readonly kind: "closed" };

/** One client of `/realtime`. */
export class RealtimeConnection {
  #state: State = { kind: "new" };
  readonly #budget = new MessageBudget();
  readonly #topics = new Set<TopicName>();
  readonly #openedMs: number;
  #sentMs: number;
  #heardMs: number;
  /** Hello and subscriptions are handled in their order; requests run beside each other. */
  #turn: Promise<void> = Promise.resolve();

  constructor(
    private readonly socket: WebSocket,
    private readonly origin: ConnectionOrigin,
    private readonly deps: ConnectionDeps,
  ) {
    this.#openedMs = this.#sentMs = this.#heardMs = deps.clock.monotonicMs();
    socket.on("message", (data, isBinary) => this.#received(data, isBinary));
    socket.on("close", (code) => this.#ended(code));
    // A fault (a frame that is too big, a broken one) is followed by `close`.
    socket.on("error", (error) => deps.logger.debug({ err: error }, "socket fault"));
  }

  /** Called every few seconds. */
  tick(): void {
    const nowMs = this.deps.clock.monotonicMs();
    const silentMs = nowMs - this.#heardMs;
    const unannounced = this.#state.kind === "new" && nowMs - this.#openedMs > REALTIME_LIMITS.helloMs;
    if (unannounced || silentMs > REALTIME_LIMITS.silenceMs) this.close("silent");
    else if (this.#state.kind === "open" && nowMs - this.#sentMs >= REALTIME_LIMITS.pingMs)
      this.#say({ type: "ping" });
  }

  /** Sessions of this account have ended: this one's, too? Asked in its turn, for it may just be greeted. */
  sessionsEnded(userId: UserId): void {
    this.#turn = this.#turn
      .then(() => this.#recheck(userId))
      .catch((error: unknown) => {
        this.deps.logger.error({ err: error }, "a session could not be looked up");
        this.close("goingAway");
      });
  }

  /** As a reader of topics. */
  send(text: string): void {
    if (this.#state.kind === "closed") return;
    if (this.socket.bufferedAmount > MAX_UNREAD_BYTES) {
      this.close("tooSlow");
      return;
    }
    this.#sentMs = this.deps.clock.monotonicMs();
    this.socket.send(text);
  }

  /** As a reader of topics. */
  get caller(): RealtimeCaller {
    return this.#state.kind === "open" ? this.#state.caller : { kind: "visitor" };
  }

  /** As a reader of topics. */
  refuse(topic: TopicName, code: ErrorCode): void {
    this.#topics.delete(topic);
    this.#say({ type: "refused", topic, problem: { code } });
    // A guest is somebody on their stage only.
    if (this.caller.kind === "guest" && parseTopic(topic).kind === "stage") this.close("unauthenticated");
  }

  close(reason: keyof typeof REALTIME_CLOSE): void {
    if (this.#state.kind === "closed") return;
    const code = REALTIME_CLOSE[reason];
    this.deps.logger.debug({ code, reason }, "socket closed by us");
    this.#ended(code);
    this.socket.close(code, reason);
    const deadline = setTimeout(() => this.socket.terminate(), CLOSE_MS).unref();
    this.socket.once("close", () => clearTimeout(deadline));
  }

  #received(data: RawData, isBinary: boolean): void {
    if (this.#state.kind === "closed") return;
    const nowMs = this.deps.clock.monotonicMs();
    this.#heardMs = nowMs;
    if (!this.#budget.take(nowMs)) {
      this.close("tooManyMessages");
      return;
    }
    const message = isBinary ? undefined : parseMessage(data);
    const mustGreet = this.#state.kind === "new";
    if (message === undefined || mustGreet !== (message.type === "hello")) {
      this.close("badMessage");
      return;
    }
    if (message.type === "pong") return;
    if (message.type === "hello") this.#state = { kind: "greeting" };
    this.#turn = this.#turn
      .then(() => this.#handle(message))
      .catch((error: unknown) => {
        this.deps.logger.error({ err: error }, "realtime message failed");
        this.close("goingAway");
      });
  }

  async #handle(message: ClientMessage): Promise<void> {
    if (message.type === "hello") return await this.#greet(message);
    if (this.#state.kind !== "open") return;
    switch (message.type) {
      case "subscribe":
        return await this.#subscribe(message.topic);
      case "unsubscribe":
        this.#topics.delete(message.topic);
        return await this.deps.topics.leave(message.topic, this);
      case "request":
        void this.#answer(message.id, this.#state.session, message);
        return;
      case "pong":
        return;
    }
  }

  async #greet(hello: Extract<ClientMessage, { type: "hello" }>): Promise<void> {
    const { caller, token } = await this.#callerOf(hello.auth);
    if (caller === undefined) return this.close("unauthenticated");
    // It may have left while it was looked up.
    if (this.#state.kind !== "greeting") return;
    const session = this.deps.methods.session(caller, {
      address: this.origin.address,
      userAgent: this.origin.userAgent,
      close: (reason) => this.close(reason),
    });
    this.#state = { kind: "open", caller, token, session };
    this.#say({ type: "welcome", me: meOf(caller) });
    for (const position of hello.resume) await this.#subscribe(position.topic, position);
  }

  /** Undefined: the token that was shown is void. A cookie that is void makes a visitor. */
  async #callerOf(
    auth: Extract<ClientMessage, { type: "hello" }>["auth"],
  ): Promise<{ readonly caller: RealtimeCaller | undefined; readonly token?: string | undefined }> {
    const { identity } = this.deps;
    if (auth?.kind === "guest") return { caller: await identity.guest(auth.token) };
    const token = auth?.token ?? this.origin.sessionToken;
    const account = token === undefined ? undefined : await identity.session(token);
    if (account !== undefined) return { caller: { kind: "account", account }, token };
    return { caller: auth === undefined ? { kind: "visitor" } : undefined };
  }

  async #recheck(userId: UserId): Promise<void> {
    const state = this.#state;
    if (state.kind !== "open" || state.caller.kind !== "account" || state.token === undefined) return;
    if (state.caller.account.userId !== userId) return;
    if ((await this.deps.identity.session(state.token)) !== undefined) return;
    // Who came by a cookie comes back as a visitor; who showed the token itself must not try it again.
    this.close(state.token === this.origin.sessionToken ? "goingAway" : "unauthenticated");
  }

  async #subscribe(topic: TopicName, from?: TopicPosition): Promise<void> {
    if (this.#state.kind !== "open") return;
    if (this.#topics.has(topic)) await this.deps.topics.leave(topic, this);
    else if (this.#topics.size >= REALTIME_LIMITS.topics) return this.close("tooManyTopics");
    this.#topics.add(topic);
    const refused = await this.deps.topics.join(topic, this, from);
    if (refused !== undefined) this.refuse(topic, refused);
    else if (!this.isOpen) await this.deps.topics.leave(topic, this);
  }

  async #answer(
    id: number,
    session: RealtimeSession,
    request: Extract<ClientMessage, { type: "request" }>,
  ): Promise<void> {
    try {
      const result = await session.call(request.method, request.params);
      this.#say({ type: "response", id, result });
    } catch (error) {
      const problem = problemOf(error);
      if (isOurFault(problem))
        this.deps.logger.error({ err: error, method: request.method }, "request failed");
      this.#say({ type: "response_problem", id, problem });
    }
  }

  get isOpen(): boolean {
    return this.#state.kind === "open";
  }

  #say(message: ServerMessage): void {
    this.send(JSON.stringify(message));
  }

  /** `code`: the peer's, or ours; 1006 where the connection broke. */
  #ended(code: number): void {
    const before = this.#state;
    if (before.kind === "closed") return;
    this.#state = { kind: "closed" };
    if (before.kind === "open") before.session.end(code);
    for (const topic of this.#topics) void this.deps.topics.leave(topic, this).catch(() => {});
    this.#topics.clear();
  }
}

function parseMessage(data: RawData): ClientMessage | undefined {
  try {
    const parsed = ClientMessage.safeParse(JSON.parse(String(data)));
    return parsed.success ? parsed.data : undefined;
  } catch {
    return undefined;
  }
}

const isOurFault = (problem: RealtimeProblem) => ERROR_STATUS[problem.code as ErrorCode] === 500;
