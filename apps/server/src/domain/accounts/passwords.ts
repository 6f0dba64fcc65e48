import type { UserId } from "@footlight/shared";
import type { Clock } from "../../platform/clock.ts";
import { withDeadline } from "../../platform/lifecycle.ts";
import type { Logger } from "../../platform/logger.ts";
import { networkOf } from "../../platform/network.ts";
import { type Refusal, refuse } from "../refusal.ts";
import type { Account, Caller } from "./account.ts";
import type { AuthGateway } from "./auth.ts";
import type { LinkTokens } from "./link-tokens.ts";
import { isWeakPassword } from "./password-rules.ts";
import { AttemptThrottle } from "./throttle.ts";

/** Sends one plain-text mail; undefined where no SMTP server is configured. */
export interface Mailer {
  send(mail: { to: string; subject: string; text: string }): Promise<void>;
}

const CLOSE_MS = 2_000;
const RESET_BY_MAIL_MS = 3600 * 1000;
const RESET_BY_OPERATOR_MS = 24 * 3600 * 1000;

export interface PasswordsDeps {
  readonly auth: Pick<AuthGateway, "changePassword" | "setPassword" | "passwordIs">;
  readonly users: {
    byId(userId: UserId): Promise<Account | undefined>;
    byEmail(email: string): Promise<Account | undefined>;
  };
  readonly resets: {
    addReset(link: { tokenHash: string; userId: UserId; now: Date; expiresAt: Date }): Promise<void>;
    redeemReset(tokenHash: string, now: Date): Promise<UserId | undefined>;
    resetOwner(tokenHash: string, now: Date): Promise<UserId | undefined>;
  };
  readonly mailer: Mailer | undefined;
  readonly tokens: LinkTokens;
  readonly attemptsPerMinute: number;
  readonly clock: Clock;
  readonly logger: Logger;
}

/** Changing and resetting passwords. Each change ends the account's other sessions. */
export class Passwords {
  readonly #guesses: AttemptThrottle;
  readonly #requests: AttemptThrottle;
  readonly #mails: AttemptThrottle;
  readonly #sending = new Set<Promise<void>>();

  constructor(private readonly deps: PasswordsDeps) {
    const { clock, attemptsPerMinute: limit } = deps;
    this.#guesses = new AttemptThrottle({ limit, windowMs: 60_000, clock });
    this.#requests = new AttemptThrottle({ limit, windowMs: 60_000, clock });
    this.#mails = new AttemptThrottle({ limit: 3, windowMs: 15 * 60_000, clock });
  }

  /** True when a forgotten password can be reset by mail. */
  get byMail(): boolean {
    return this.deps.mailer !== undefined;
  }

  /** The account's own password, guessed no faster than at the sign-in. */
  async confirm(
    account: Account,
    password: string,
  ): Promise<{ readonly kind: "confirmed" } | Refusal<"invalid_credentials" | "rate_limited">> {
    const waitS = this.#guesses.attempt(account.userId);
    if (waitS !== undefined) return refuse("rate_limited", waitS);
    if (!(await this.deps.auth.passwordIs(account.userId, password))) return refuse("invalid_credentials");
    this.#guesses.clear(account.userId);
    return { kind: "confirmed" };
  }

  /** Answers with the token of the caller's new session; all older ones are gone. */
  async change(
    account: Account,
    token: string,
    passwords: { currentPassword: string; newPassword: string },
    caller: Caller,
  ): Promise<
    | { readonly kind: "changed"; readonly token: string }
    | Refusal<"invalid_credentials" | "weak_password" | "rate_limited">
  > {
    if (isWeakPassword(passwords.newPassword, account)) return refuse("weak_password");
    const waitS = this.#guesses.attempt(account.userId);
    if (waitS !== undefined) return refuse("rate_limited", waitS);
    const renewed = await this.deps.auth.changePassword(token, passwords, caller);
    if (renewed === undefined) return refuse("invalid_credentials");
    this.#guesses.clear(account.userId);
    this.deps.logger.info({ userId: account.userId }, "password changed");
    return { kind: "changed", token: renewed };
  }

  /**
   * Sends a link where such an account exists. Answer and time are the same where it does not: the
   * look-up and the mail happen after the answer. `linkTo` must not believe the request's Host.
   */
  requestReset(
    email: string,
    caller: Caller,
    linkTo: (token: string) => string,
  ): { readonly kind: "accepted" } | Refusal<"rate_limited"> {
    const waitS = this.#requests.attempt(networkOf(caller.address));
    if (waitS !== undefined) return refuse("rate_limited", waitS);
    const { mailer } = this.deps;
    if (mailer !== undefined && this.#mails.attempt(email.toLowerCase()) === undefined) {
      const sending = this.#mail(mailer, email, linkTo)
        .catch((error: unknown) => this.deps.logger.error({ err: error }, "a reset mail could not be sent"))
        .finally(() => this.#sending.delete(sending));
      this.#sending.add(sending);
    }
    return { kind: "accepted" };
  }

  /** By the operator, for somebody who asked out of band. */
  async operatorLink(
    userId: UserId,
  ): Promise<
    { readonly kind: "made"; readonly token: string; readonly expiresAtMs: number } | Refusal<"not_found">
  > {
    const account = await this.deps.users.byId(userId);
    if (account === undefined) return refuse("not_found");
    const link = await this.#makeLink(account.userId, RESET_BY_OPERATOR_MS);
    this.deps.logger.info({ userId: account.userId }, "reset link made by an operator");
    return { kind: "made", ...link };
  }

  async reset(
    token: string,
    newPassword: string,
    caller: Caller,
  ): Promise<{ readonly kind: "reset" } | Refusal<"token_expired" | "weak_password" | "rate_limited">> {
    const waitS = this.#requests.attempt(networkOf(caller.address));
    if (waitS !== undefined) return refuse("rate_limited", waitS);
    const now = new Date(this.deps.clock.nowMs());
    const tokenHash = this.deps.tokens.hash(token);
    const owner = await this.deps.resets.resetOwner(tokenHash, now);
    const account = owner === undefined ? undefined : await this.deps.users.byId(owner);
    if (account === undefined) return refuse("token_expired");
    // Looked at before the link is used up, so that a weak password does not cost it.
    if (isWeakPassword(newPassword, account)) return refuse("weak_password");
    const userId = await this.deps.resets.redeemReset(tokenHash, now);
    if (userId === undefined) return refuse("token_expired");
    await this.deps.auth.setPassword(userId, newPassword);
    this.deps.logger.info({ userId }, "password reset");
    return { kind: "reset" };
  }

  /** Waits a moment for mails under way; a mail server that hangs does not hold up the server's end. */
  async close(): Promise<void> {
    const sent = Promise.allSettled(this.#sending);
    await withDeadline("sending mails", CLOSE_MS, sent).catch(() => undefined);
  }

  async #mail(mailer: Mailer, email: string, linkTo: (token: string) => string): Promise<void> {
    const account = await this.deps.users.byEmail(email);
    if (account === undefined) return;
    const { token } = await this.#makeLink(account.userId, RESET_BY_MAIL_MS);
    await mailer.send({
      to: account.email,
      subject: "Reset your Footlight password",
      text:
        `Hello ${account.username},\n\nset a new password within the next hour here:\n\n${linkTo(token)}\n\n` +
        "If you did not ask for this, do nothing: your password stays as it is.\n",
    });
  }

  async #makeLink(userId: UserId, validMs: number): Promise<{ token: string; expiresAtMs: number }> {
    const { token, tokenHash } = this.deps.tokens.make();
    const nowMs = this.deps.clock.nowMs();
    const expiresAtMs = nowMs + validMs;
    await this.deps.resets.addReset({
      tokenHash,
      userId,
      now: new Date(nowMs),
      expiresAt: new Date(expiresAtMs),
    });
    return { token, expiresAtMs };
  }
}
