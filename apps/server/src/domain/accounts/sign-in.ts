import type { Clock } from "../../platform/clock.ts";
import type { Logger } from "../../platform/logger.ts";
import { networkOf } from "../../platform/network.ts";
import { type Refusal, refuse } from "../refusal.ts";
import type { Caller, SignedIn } from "./account.ts";
import type { AuthGateway } from "./auth.ts";
import { AttemptThrottle } from "./throttle.ts";

const WINDOW_MS = 60_000;
/** One address may stand for an office, so it gets more than one account does. */
const ADDRESS_FACTOR = 3;

/** Signing in, throttled by account and by address; failures count, successes do not. */
export class SignIn {
  readonly #byAccount: AttemptThrottle;
  readonly #byAddress: AttemptThrottle;

  constructor(
    private readonly deps: {
      readonly auth: Pick<AuthGateway, "signIn">;
      readonly attemptsPerMinute: number;
      readonly clock: Pick<Clock, "monotonicMs">;
      readonly logger: Logger;
    },
  ) {
    const limit = deps.attemptsPerMinute;
    this.#byAccount = new AttemptThrottle({ limit, windowMs: WINDOW_MS, clock: deps.clock });
    this.#byAddress = new AttemptThrottle({
      limit: limit * ADDRESS_FACTOR,
      windowMs: WINDOW_MS,
      clock: deps.clock,
    });
  }

  async signIn(
    input: { username: string; password: string },
    caller: Caller,
  ): Promise<SignedIn | Refusal<"invalid_credentials" | "rate_limited">> {
    const name = input.username.trim().toLowerCase();
    // Counted before the password is looked at, so that many at once are many.
    const waitS = this.#byAddress.attempt(networkOf(caller.address)) ?? this.#byAccount.attempt(name);
    if (waitS !== undefined) {
      this.deps.logger.warn({ address: caller.address }, "sign-in throttled");
      return refuse("rate_limited", waitS);
    }
    const signedIn = await this.deps.auth.signIn(name, input.password, caller);
    if (signedIn === undefined) return refuse("invalid_credentials");
    this.#byAccount.clear(name);
    this.#byAddress.forgive(networkOf(caller.address));
    return signedIn;
  }
}
