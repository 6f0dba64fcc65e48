import type { FromEncoder, ToEncoder } from "../../contract/encoder-control.ts";
import { Backfiller } from "./backfiller.ts";
import { Spool } from "./spool.ts";
import { SpoolStore } from "./spool-store.ts";

type Order = Extract<ToEncoder, { kind: "recover-backfill" }>;

/** Sends what encoders before this one had kept and did not come to send. */
export class Recovery {
  readonly #running = new Set<Backfiller>();
  readonly #spools = new Set<Spool>();
  #work: Promise<void> = Promise.resolve();

  constructor(
    private readonly of: {
      readonly emit: (event: FromEncoder) => void;
      /** The broadcast has the line to itself while this is false. */
      readonly mayUpload: () => boolean;
    },
  ) {}

  recover(order: Order): void {
    this.#work = this.#work.then(() => this.#recover(order));
  }

  /** What has not been sent by then stays for the next time. */
  async close(): Promise<void> {
    await this.#work;
    await Promise.all([...this.#running].map((backfiller) => backfiller.close()));
    await Promise.all([...this.#spools].map((spool) => spool.close()));
  }

  async #recover({ server, token, folder }: Order): Promise<void> {
    const onFault = (cause: string): void => this.of.emit({ kind: "fault", area: "spool", cause });
    for (const name of await SpoolStore.leftIn(folder)) {
      try {
        const found = await Spool.recover(folder, name, server, onFault);
        if (found !== undefined) this.#send(found, token);
      } catch (error) {
        onFault(error instanceof Error ? error.message : String(error));
      }
    }
  }

  #send(
    { spool, head, baseUs }: NonNullable<Awaited<ReturnType<typeof Spool.recover>>>,
    token: string,
  ): void {
    const backfiller = new Backfiller({
      ...{ url: head.url, token, spool },
      timestampOf: (us) => Math.round((us - baseUs) / 1000),
      mayUpload: this.of.mayUpload,
      onEvent: (event) => this.of.emit({ kind: "backfill", id: head.target, ...event }),
    });
    this.#running.add(backfiller);
    this.#spools.add(spool);
    backfiller.settle();
    void backfiller.idle().then(() => this.#running.delete(backfiller));
  }
}
