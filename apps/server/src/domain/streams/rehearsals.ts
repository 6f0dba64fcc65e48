import { createHash } from "node:crypto";
import type { StreamId, UserId } from "@footlight/shared";
import type { Clock } from "../../platform/clock.ts";
import type { Account } from "../accounts/account.ts";

/** A player asks many times a second; who signs out goes on seeing their own rehearsal for so long. */
const SESSION_MS = 5_000;
const MAX_SESSIONS = 1_000;

/**
 * Which streams are for their owners only, and who their owners are. In memory, because media asks at
 * each request: for public streams it costs a look into a map, for a rehearsal a session that is known.
 */
export class Rehearsals {
  readonly #owners = new Map<StreamId, UserId>();
  readonly #sessions = new Map<
    string,
    { readonly untilMs: number; readonly userId: Promise<UserId | undefined> }
  >();

  constructor(
    private readonly deps: {
      readonly streams: {
        rehearsals(): Promise<readonly { readonly streamId: StreamId; readonly userId: UserId }[]>;
      };
      readonly auth: { session(token: string): Promise<Account | undefined> };
      readonly clock: Pick<Clock, "monotonicMs">;
    },
  ) {}

  /** Those of earlier processes. Before anything listens. */
  async load(): Promise<void> {
    for (const { streamId, userId } of await this.deps.streams.rehearsals()) this.add(streamId, userId);
  }

  /** Before there is anything of it that could be asked for. */
  add(streamId: StreamId, userId: UserId): void {
    this.#owners.set(streamId, userId);
  }

  /** Everybody may see it from now on. */
  remove(streamId: StreamId): void {
    this.#owners.delete(streamId);
  }

  has(streamId: StreamId): boolean {
    return this.#owners.has(streamId);
  }

  /** Whether an account may know of a stream. */
  shows(streamId: StreamId, userId: UserId | undefined): boolean {
    const owner = this.#owners.get(streamId);
    return owner === undefined || owner === userId;
  }

  /** The same for the bearer of a session's secret, whose account is only looked up where it matters. */
  allows(streamId: StreamId, token: string | undefined): boolean | Promise<boolean> {
    if (!this.#owners.has(streamId)) return true;
    if (token === undefined) return false;
    return this.#userOf(token).then((userId) => this.shows(streamId, userId));
  }

  #userOf(token: string): Promise<UserId | undefined> {
    const name = createHash("sha256").update(token).digest("base64");
    const nowMs = this.deps.clock.monotonicMs();
    const known = this.#sessions.get(name);
    if (known !== undefined && nowMs < known.untilMs) return known.userId;
    const userId = this.deps.auth.session(token).then((account) => account?.userId);
    this.#sessions.delete(name);
    this.#sessions.set(name, { untilMs: nowMs + SESSION_MS, userId });
    userId.catch(() => this.#sessions.delete(name));
    for (const oldest of this.#sessions.keys()) {
      if (this.#sessions.size <= MAX_SESSIONS) break;
      this.#sessions.delete(oldest);
    }
    return userId;
  }
}
