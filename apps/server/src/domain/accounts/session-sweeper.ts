import type { Clock } from "../../platform/clock.ts";
import type { Logger } from "../../platform/logger.ts";

const EVERY_MS = 6 * 3600 * 1000;

/** Deletes sessions and links that opened nothing any more; nobody else ever would. */
export class SessionSweeper implements AsyncDisposable {
  #timer: NodeJS.Timeout | undefined;
  #sweeping: Promise<void> = Promise.resolve();

  constructor(
    private readonly deps: {
      readonly links: { deleteExpired(now: Date): Promise<number> };
      readonly clock: Pick<Clock, "nowMs">;
      readonly logger: Logger;
    },
  ) {}

  start(): void {
    this.#timer ??= setInterval(() => this.sweep(), EVERY_MS).unref();
    this.sweep();
  }

  sweep(): void {
    this.#sweeping = this.deps.links
      .deleteExpired(new Date(this.deps.clock.nowMs()))
      .then((count) => {
        if (count > 0) this.deps.logger.debug({ count }, "expired sessions and links deleted");
      })
      .catch((error: unknown) => {
        this.deps.logger.warn({ err: error }, "expired sessions could not be deleted");
      });
  }

  async [Symbol.asyncDispose](): Promise<void> {
    clearInterval(this.#timer);
    this.#timer = undefined;
    await this.#sweeping;
  }
}
