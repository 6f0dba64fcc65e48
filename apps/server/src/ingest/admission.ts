import type { PublishRefusal } from "@footlight/shared";
import type { Logger } from "../platform/logger.ts";
import type { IngestProtocol, Publisher, PublishLease } from "../stream/publish.ts";
import { StreamKey } from "../stream/stream-key.ts";
import type { LockOut } from "./lock-out.ts";
import { describeLockOut, describeRefusal } from "./refusal-words.ts";

export type Admission =
  | { readonly kind: "accepted"; readonly lease: PublishLease }
  | {
      readonly kind: "refused";
      readonly code: PublishRefusal;
      readonly description: string;
      /** Of a lock. */
      readonly retryAfterMs?: number;
    }
  /** The hub threw; it has been logged. */
  | { readonly kind: "failed" };

const MAX_KEY_LENGTH = 256;

/** Asks the hub whether a key may publish, and keeps count of wrong ones: one for all that take streams in. */
export class Admitter {
  readonly #publisher: Publisher;
  readonly #lockOut: LockOut;

  constructor(publisher: Publisher, lockOut: LockOut) {
    this.#publisher = publisher;
    this.#lockOut = lockOut;
  }

  /** The refusal of an address that is locked out; undefined for others. */
  lockedOut(remoteAddress: string): Extract<Admission, { kind: "refused" }> | undefined {
    const lockedForMs = this.#lockOut.lockedForMs(remoteAddress);
    if (lockedForMs <= 0) return undefined;
    const description = describeLockOut(lockedForMs);
    return { kind: "refused", code: "locked_out", description, retryAfterMs: lockedForMs };
  }

  /** @param secret the key as the encoder sent it */
  async admit(
    secret: string,
    from: {
      readonly protocol: IngestProtocol;
      readonly remoteAddress: string;
      readonly encoder: string | undefined;
    },
    logger: Logger,
  ): Promise<Admission> {
    // Other connections of this address may have locked it since this one's connect.
    const lockedOut = this.lockedOut(from.remoteAddress);
    if (lockedOut !== undefined) return lockedOut;
    if (secret === "" || secret.length > MAX_KEY_LENGTH)
      return this.#refused("wrong_key", from.remoteAddress);
    try {
      const answer = await this.#publisher.publish({ key: new StreamKey(secret), ...from });
      return answer.kind === "accepted" ? answer : this.#refused(answer.code, from.remoteAddress);
    } catch (error) {
      logger.error({ err: error }, "publish request failed");
      return { kind: "failed" };
    }
  }

  #refused(code: PublishRefusal, remoteAddress: string): Admission {
    if (code === "wrong_key") this.#lockOut.failed(remoteAddress);
    return { kind: "refused", code, description: describeRefusal(code) };
  }
}
