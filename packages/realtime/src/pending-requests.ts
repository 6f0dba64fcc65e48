import {
  type ClientMessageInput,
  type ErrorCode,
  REALTIME_METHODS,
  type RealtimeMethod,
  type RealtimeParams,
  type RealtimeResult,
} from "@footlight/shared";
import { RealtimeFault } from "./realtime-fault.ts";

type RequestMessage = Extract<ClientMessageInput, { type: "request" }>;

interface Pending {
  readonly message: RequestMessage;
  readonly resolve: (result: unknown) => void;
  readonly reject: (fault: RealtimeFault) => void;
  readonly deadline: ReturnType<typeof setTimeout>;
  sent: boolean;
}

/** What the server answered to a request, by the contract. Throws `RealtimeFault` where it is not that. */
export function resultOf<M extends RealtimeMethod>(method: M, answer: unknown): RealtimeResult<M> {
  const known = REALTIME_METHODS[method].result.safeParse(answer);
  if (!known.success) throw new RealtimeFault("internal_error");
  return known.data as RealtimeResult<M>;
}

/** Requests that have no answer yet, each with its deadline. */
export class PendingRequests {
  readonly #pending = new Map<number, Pending>();
  #nextId = 1;

  get size(): number {
    return this.#pending.size;
  }

  add<M extends RealtimeMethod>(
    method: M,
    params: RealtimeParams<M>,
    deadlineMs: number,
  ): { readonly message: RequestMessage; readonly answer: Promise<RealtimeResult<M>> } {
    const id = this.#nextId++;
    const message: RequestMessage = { type: "request", id, method, params };
    const answer = new Promise((resolve, reject) => {
      const deadline = setTimeout(() => this.reject(id, "network"), deadlineMs);
      this.#pending.set(id, { message, resolve, reject, deadline, sent: false });
    });
    return { message, answer: answer.then((result) => resultOf(method, result)) };
  }

  sent(id: number): void {
    const pending = this.#pending.get(id);
    if (pending !== undefined) pending.sent = true;
  }

  unsent(): RequestMessage[] {
    return [...this.#pending.values()].filter(({ sent }) => !sent).map(({ message }) => message);
  }

  resolve(id: number, result: unknown): void {
    this.#take(id)?.resolve(result);
  }

  reject(id: number, code: ErrorCode | "network"): void {
    this.#take(id)?.reject(new RealtimeFault(code));
  }

  failSent(): void {
    for (const [id, { sent }] of [...this.#pending]) if (sent) this.reject(id, "network");
  }

  failAll(): void {
    for (const id of [...this.#pending.keys()]) this.reject(id, "network");
  }

  #take(id: number): Pending | undefined {
    const pending = this.#pending.get(id);
    if (pending === undefined) return undefined;
    this.#pending.delete(id);
    clearTimeout(pending.deadline);
    return pending;
  }
}
