import {
  type ClientMessageInput,
  type JsonObject,
  mergePatch,
  parseTopic,
  REALTIME_METHODS,
  type RealtimeMethod,
  type RealtimeResult,
  ServerMessage,
  type StageState,
  type StreamTopicState,
  TOPIC_STATES,
  type Topic,
  type TopicPosition,
} from "@footlight/shared";
import { WebSocket } from "ws";

type Message<Type extends ServerMessage["type"]> = Extract<ServerMessage, { type: Type }>;
const DEADLINE_MS = 15_000;

/** A refusal of a request. */
export class RealtimeRefusal extends Error {
  constructor(readonly code: string) {
    super(code);
  }
}

/** A client of `/realtime` as the contract has it: every message parsed, every patch in its place. */
export class RealtimeClient implements Disposable {
  readonly messages: ServerMessage[] = [];
  readonly #states = new Map<Topic, { log: string; seq: number; state: JsonObject }>();
  readonly #listeners = new Set<() => void>();
  #requests = 0;
  /** Close code of the socket. */
  readonly closed: Promise<number>;
  closeCode: number | undefined;

  private constructor(readonly socket: WebSocket) {
    this.closed = new Promise((resolve) => {
      socket.once("close", (code) => {
        this.closeCode = code;
        resolve(code);
        this.#tell();
      });
    });
    socket.on("error", () => {});
    socket.on("message", (data) => {
      const message = ServerMessage.parse(JSON.parse(String(data)));
      this.#take(message);
      this.messages.push(message);
      this.#tell();
    });
  }

  /** `hello: null` says nothing. */
  static async connect(
    url: string,
    options: {
      readonly headers?: Readonly<Record<string, string>>;
      readonly hello?: Omit<Extract<ClientMessageInput, { type: "hello" }>, "type"> | null;
    } = {},
  ): Promise<RealtimeClient> {
    const socket = new WebSocket(`${url.replace(/^http/, "ws")}/realtime`, {
      headers: { ...options.headers },
      rejectUnauthorized: false,
    });
    const client = new RealtimeClient(socket);
    await new Promise<void>((resolve, reject) => {
      socket.once("open", resolve);
      socket.once("error", reject);
    });
    if (options.hello !== null) client.send({ type: "hello", ...options.hello });
    return client;
  }

  send(message: ClientMessageInput): void {
    this.socket.send(JSON.stringify(message));
  }

  async welcome(): Promise<Message<"welcome">["me"]> {
    return (await this.message("welcome")).me;
  }

  async subscribe(topic: Topic): Promise<void> {
    this.send({ type: "subscribe", topic });
    await this.until(() => this.#states.has(topic) || this.refused(topic) !== undefined);
  }

  refused(topic: Topic): string | undefined {
    const refusals = this.messages.filter((message) => message.type === "refused");
    return refusals.find((message) => message.topic === topic)?.problem.code;
  }

  stage(topic: Topic): StageState {
    return TOPIC_STATES.stage.parse(this.#states.get(topic)?.state);
  }

  stream(topic: Topic): StreamTopicState {
    return TOPIC_STATES.stream.parse(this.#states.get(topic)?.state);
  }

  position(topic: Topic): TopicPosition {
    const at = this.#states.get(topic);
    if (at === undefined) throw new Error(`nothing of ${topic}`);
    return { topic, log: at.log, seq: at.seq };
  }

  /** What another connection had, to be resumed here. */
  adopt(topic: Topic, from: RealtimeClient): void {
    const at = from.#states.get(topic);
    if (at !== undefined) this.#states.set(topic, { ...at });
  }

  async request<M extends RealtimeMethod>(method: M, params: unknown): Promise<RealtimeResult<M>> {
    this.#requests += 1;
    const id = this.#requests;
    this.send({ type: "request", id, method, params });
    let answer: Message<"response"> | Message<"response_problem"> | undefined;
    await this.until(() => {
      for (const message of this.messages) {
        if ((message.type === "response" || message.type === "response_problem") && message.id === id)
          answer = message;
      }
      return answer !== undefined;
    });
    if (answer?.type !== "response") throw new RealtimeRefusal(answer?.problem.code ?? "nothing");
    return REALTIME_METHODS[method].result.parse(answer.result) as RealtimeResult<M>;
  }

  async message<Type extends ServerMessage["type"]>(type: Type): Promise<Message<Type>> {
    const find = () => this.messages.find((message) => message.type === type);
    await this.until(() => find() !== undefined);
    return find() as Message<Type>;
  }

  /** Resolves when a message makes it true; rejects when none does, or the socket closes first. */
  async until(holds: () => boolean, deadlineMs = DEADLINE_MS): Promise<void> {
    if (holds()) return;
    await new Promise<void>((resolve, reject) => {
      const end = (settle: () => void) => {
        clearTimeout(timer);
        this.#listeners.delete(look);
        settle();
      };
      const look = () => {
        if (holds()) end(resolve);
        else if (this.closeCode !== undefined)
          end(() => reject(new Error(`the socket closed with ${this.closeCode}`)));
      };
      const timer = setTimeout(() => {
        const last = this.messages.slice(-3).map((message) => JSON.stringify(message).slice(0, 800));
        end(() => reject(new Error(`not within ${deadlineMs} ms; last: ${last.join("\n")}`)));
      }, deadlineMs);
      this.#listeners.add(look);
    });
  }

  [Symbol.dispose](): void {
    this.socket.terminate();
  }

  #take(message: ServerMessage): void {
    if (message.type === "snapshot") {
      const { log, seq, state } = message;
      this.#states.set(message.topic, { log, seq, state: state as JsonObject });
    } else if (message.type === "patch") {
      const at = this.#states.get(message.topic);
      if (at === undefined || message.seq !== at.seq + 1) throw new Error("a patch is out of place");
      at.seq = message.seq;
      at.state = mergePatch(at.state, message.patch as JsonObject) as JsonObject;
      TOPIC_STATES[parseTopic(message.topic).kind].parse(at.state);
    } else if (message.type === "ping") this.send({ type: "pong" });
  }

  #tell(): void {
    for (const listener of [...this.#listeners]) listener();
  }
}
