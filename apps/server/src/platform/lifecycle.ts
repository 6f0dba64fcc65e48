import type { Logger } from "./logger.ts";

type Release = () => void | Promise<void>;

/**
 * What was acquired, released in reverse. Node 20 has no `AsyncDisposableStack`; unlike that one,
 * this never throws: a fault in one release is logged, and the rest is still released.
 */
export class DisposalStack implements AsyncDisposable {
  readonly #logger: Pick<Logger, "error">;
  readonly #releases: { readonly name: string; readonly release: Release }[] = [];
  #disposal: Promise<void> | undefined;

  constructor(logger: Pick<Logger, "error">) {
    this.#logger = logger;
  }

  /** Takes over a resource. One that comes after the unwinding began is released at once. */
  use<T extends AsyncDisposable | Disposable>(name: string, resource: T): T {
    this.defer(
      name,
      Symbol.asyncDispose in resource
        ? async () => {
            await resource[Symbol.asyncDispose]();
          }
        : () => resource[Symbol.dispose](),
    );
    return resource;
  }

  defer(name: string, release: Release): void {
    if (this.#disposal === undefined) this.#releases.push({ name, release });
    else this.#disposal = this.#disposal.then(() => this.#run(name, release));
  }

  [Symbol.asyncDispose](): Promise<void> {
    this.#disposal ??= this.#unwind();
    return this.#disposal;
  }

  async #unwind(): Promise<void> {
    for (let top = this.#releases.pop(); top !== undefined; top = this.#releases.pop()) {
      await this.#run(top.name, top.release);
    }
  }

  async #run(name: string, release: Release): Promise<void> {
    try {
      await release();
    } catch (error) {
      this.#logger.error({ err: error, resource: name }, "closing failed");
    }
  }
}

export class DeadlineError extends Error {
  override readonly name = "DeadlineError";
  constructor(what: string, deadlineMs: number) {
    super(`${what} took longer than ${deadlineMs} ms`);
  }
}

/** Rejects with `DeadlineError` when the work is not done in time; the work itself goes on. */
export async function withDeadline<T>(what: string, deadlineMs: number, work: Promise<T>): Promise<T> {
  let timer: NodeJS.Timeout | undefined;
  const late = new Promise<never>((_, reject) => {
    timer = setTimeout(() => reject(new DeadlineError(what, deadlineMs)), deadlineMs);
  });
  try {
    return await Promise.race([work, late]);
  } finally {
    clearTimeout(timer);
  }
}

/** Resolves after the time, or rejects with the signal's reason. */
export function delay(ms: number, signal?: AbortSignal): Promise<void> {
  return new Promise((resolve, reject) => {
    const onAbort = () => {
      clearTimeout(timer);
      reject(signal?.reason as Error);
    };
    const timer = setTimeout(() => {
      signal?.removeEventListener("abort", onAbort);
      resolve();
    }, ms);
    if (signal?.aborted === true) onAbort();
    else signal?.addEventListener("abort", onAbort, { once: true });
  });
}

export interface RetryOptions {
  /** Waits before the second, third, … try; when it is used up, the last fault is thrown. */
  readonly backoffMs: readonly number[];
  readonly signal?: AbortSignal;
  /** Part of a wait that is random, so that many do not come back at once. Default 0.2. */
  readonly jitter?: number;
  readonly random?: () => number;
  /** False ends the tries at once. Called before each wait. */
  readonly onFault?: (error: unknown, attempt: number, waitMs: number) => boolean | undefined;
}

/** Calls until it succeeds, waiting by a table between the tries. */
export async function retry<T>(
  options: RetryOptions,
  attemptWork: (attempt: number) => Promise<T>,
): Promise<T> {
  const { backoffMs, signal, jitter = 0.2, random = Math.random } = options;
  for (let attempt = 0; ; attempt++) {
    signal?.throwIfAborted();
    try {
      return await attemptWork(attempt);
    } catch (error) {
      const base = backoffMs[attempt];
      if (base === undefined) throw error;
      const waitMs = Math.round(base * (1 - jitter / 2 + jitter * random()));
      if (options.onFault?.(error, attempt, waitMs) === false) throw error;
      await delay(waitMs, signal);
    }
  }
}
