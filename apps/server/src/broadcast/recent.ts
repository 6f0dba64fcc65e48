import { median } from "../domain/audience/percentile.ts";

/** Enough for some seconds of a stream's frames, and little to sort when somebody looks. */
const KEPT = 256;

/** The newest measurements of one thing, as a ring. */
export class Recent {
  readonly #values: number[] = [];
  #next = 0;

  add(value: number): void {
    this.#values[this.#next] = value;
    this.#next = (this.#next + 1) % KEPT;
  }

  median(): number | undefined {
    return median(this.#values);
  }

  clear(): void {
    this.#values.length = 0;
    this.#next = 0;
  }
}
