import { setTimeout as pause } from "node:timers/promises";
import type { Account, SignInFault } from "./account.ts";

/** The server may be starting too; then every half minute for as long as it takes. */
const WAITS_MS = [1_000, 2_000, 4_000, 8_000, 15_000, 30_000];

/** Who signs in by the command line (`--server`, `--username`) and the environment (FOOTLIGHT_PASSWORD). */
export interface SignInOrder {
  readonly server: string;
  readonly username: string;
  readonly password: string;
}

/** Signs in without anybody at the window, and tries again while the server does not answer. */
export class UnattendedSignIn implements Disposable {
  readonly #closing = new AbortController();

  constructor(
    private readonly account: Pick<Account, "signIn">,
    private readonly onFault: (fault: SignInFault) => void,
    private readonly waitsMs: readonly number[] = WAITS_MS,
  ) {}

  async run({ server, username, password }: SignInOrder): Promise<void> {
    const { signal } = this.#closing;
    for (let attempt = 0; !signal.aborted; attempt++) {
      const fault = await this.account.signIn(server, username, password);
      if (fault === null || signal.aborted) return;
      const passes = fault === "unreachable" || fault === "too_often";
      if (attempt === 0 || !passes) this.onFault(fault);
      if (!passes) return;
      const waitMs = this.waitsMs[attempt] ?? this.waitsMs.at(-1);
      await pause(waitMs, undefined, { signal }).catch(() => undefined);
    }
  }

  [Symbol.dispose](): void {
    this.#closing.abort();
  }
}
