import { inspect } from "node:util";

/**
 * The secret that lets an encoder publish. Redacts itself wherever it is logged, serialised or
 * put into a string, so that it leaves the process only where `reveal()` is written out.
 */
export class StreamKey {
  readonly #secret: string;

  constructor(secret: string) {
    this.#secret = secret;
  }

  reveal(): string {
    return this.#secret;
  }

  toString(): string {
    return "[stream key]";
  }

  toJSON(): string {
    return "[stream key]";
  }

  [inspect.custom](): string {
    return "[stream key]";
  }
}
