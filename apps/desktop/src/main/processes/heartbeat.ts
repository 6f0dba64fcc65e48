const EVERY_MS = 5_000;
/** Looked at so often without a sign: it hangs. Counted in looks, for a machine that slept has looked just once. */
const LOOKS = 3;

/** Tells of a process that gives no sign of life any more although it runs. */
export class Heartbeat implements Disposable {
  #silent = 0;
  readonly #timer: NodeJS.Timeout;

  constructor(onHang: () => void) {
    this.#timer = setInterval(() => {
      this.#silent += 1;
      if (this.#silent < LOOKS) return;
      this.#silent = 0;
      onHang();
    }, EVERY_MS);
  }

  beat(): void {
    this.#silent = 0;
  }

  [Symbol.dispose](): void {
    clearInterval(this.#timer);
  }
}
