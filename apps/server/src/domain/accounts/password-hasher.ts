import { hashPassword, verifyPassword } from "better-auth/crypto";

/**
 * The auth library's scrypt (N 16384, r 16), at most two at a time: each takes a thread of the pool
 * that also writes segments to disk, so that a burst of sign-ins must not take them all.
 */
export class PasswordHasher {
  #running = 0;
  readonly #waiting: (() => void)[] = [];

  constructor(private readonly parallel = 2) {}

  async hash(password: string): Promise<string> {
    return await this.#inTurn(() => hashPassword(password));
  }

  async verify(hash: string, password: string): Promise<boolean> {
    return await this.#inTurn(() => verifyPassword({ hash, password }));
  }

  async #inTurn<T>(work: () => Promise<T>): Promise<T> {
    if (this.#running >= this.parallel) await new Promise<void>((resolve) => this.#waiting.push(resolve));
    else this.#running++;
    try {
      return await work();
    } finally {
      const next = this.#waiting.shift();
      // The place goes straight to the next in line, so that nobody slips in between.
      if (next === undefined) this.#running--;
      else next();
    }
  }
}
