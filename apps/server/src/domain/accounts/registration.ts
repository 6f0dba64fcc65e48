import { RESERVED_USERNAMES, type SignUpInput, type UserId } from "@footlight/shared";
import type { Clock } from "../../platform/clock.ts";
import type { Logger } from "../../platform/logger.ts";
import { networkOf } from "../../platform/network.ts";
import { type Refusal, refuse } from "../refusal.ts";
import type { Account, Caller, SignedIn } from "./account.ts";
import type { AuthGateway } from "./auth.ts";
import type { LinkTokens } from "./link-tokens.ts";
import { isWeakPassword } from "./password-rules.ts";
import { AttemptThrottle } from "./throttle.ts";

export type RegistrationMode = "open" | "invited" | "closed";

const OPERATOR_CLAIM = "first_operator";
/** A claim whose sign-up died half-way lapses. */
const CLAIM_MS = 60_000;
const INVITATION_MS = 14 * 24 * 3600 * 1000;
const SIGN_UPS_PER_MINUTE = 60;

export interface RegistrationDeps {
  readonly mode: RegistrationMode;
  readonly auth: Pick<AuthGateway, "create">;
  readonly users: {
    any(): Promise<boolean>;
    byUsername(username: string): Promise<Account | undefined>;
    makeOperator(userId: UserId): Promise<void>;
  };
  readonly claims: {
    claim(key: string, value: string, now: Date, staleBefore: Date): Promise<boolean>;
    release(key: string, value: string): Promise<void>;
  };
  readonly invitations: {
    addInvitation(link: { tokenHash: string; createdBy: UserId; now: Date; expiresAt: Date }): Promise<void>;
    invitationValid(tokenHash: string, now: Date): Promise<boolean>;
    redeemInvitation(tokenHash: string, username: string, now: Date): Promise<boolean>;
    returnInvitation(tokenHash: string, username: string): Promise<void>;
  };
  readonly channels: { createFor(account: Account): Promise<void> };
  readonly tokens: LinkTokens;
  readonly clock: Clock;
  readonly logger: Logger;
}

export type SignUpRefusal = Refusal<
  | "username_reserved"
  | "username_taken"
  | "email_taken"
  | "weak_password"
  | "registration_closed"
  | "rate_limited"
>;

/** Who may sign up. The first account is the operator's and needs no invitation. */
export class Registration {
  readonly #throttle: AttemptThrottle;

  constructor(private readonly deps: RegistrationDeps) {
    this.#throttle = new AttemptThrottle({
      limit: SIGN_UPS_PER_MINUTE,
      windowMs: 60_000,
      clock: deps.clock,
    });
  }

  async info(): Promise<{ readonly mode: RegistrationMode; readonly needsOperator: boolean }> {
    return { mode: this.deps.mode, needsOperator: !(await this.deps.users.any()) };
  }

  async signUp(input: SignUpInput, caller: Caller): Promise<SignedIn | SignUpRefusal> {
    if (RESERVED_USERNAMES.has(input.username)) return refuse("username_reserved");
    if (isWeakPassword(input.password, input)) return refuse("weak_password");
    const waitS = this.#throttle.attempt(networkOf(caller.address));
    if (waitS !== undefined) return refuse("rate_limited", waitS);

    const asOperator = await this.#claimOperator(input.username);
    const admitted = asOperator || (await this.#admit(input));
    if (!admitted) return refuse("registration_closed");
    let created: Awaited<ReturnType<AuthGateway["create"]>> | undefined;
    try {
      created = await this.deps.auth.create(input, caller);
    } finally {
      if (created?.kind !== "signed_in") await this.#giveBack(input, asOperator);
    }
    if (created.kind === "taken") return refuse(await this.#takenCode(created.what, input.username));

    const account = { ...created.account, operator: asOperator };
    if (asOperator) await this.deps.users.makeOperator(account.userId);
    await this.deps.channels.createFor(account);
    this.deps.logger.info({ userId: account.userId, operator: asOperator }, "account created");
    return { ...created, account };
  }

  /** For the operator to pass on; the token is shown once. */
  async invite(operator: Account): Promise<{ readonly token: string; readonly expiresAtMs: number }> {
    const { token, tokenHash } = this.deps.tokens.make();
    const nowMs = this.deps.clock.nowMs();
    const expiresAtMs = nowMs + INVITATION_MS;
    await this.deps.invitations.addInvitation({
      tokenHash,
      createdBy: operator.userId,
      now: new Date(nowMs),
      expiresAt: new Date(expiresAtMs),
    });
    return { token, expiresAtMs };
  }

  async inviteValid(token: string): Promise<boolean> {
    const now = new Date(this.deps.clock.nowMs());
    return await this.deps.invitations.invitationValid(this.deps.tokens.hash(token), now);
  }

  /** Of several first sign-ups at once exactly one becomes the operator. */
  async #claimOperator(username: string): Promise<boolean> {
    if (await this.deps.users.any()) return false;
    const nowMs = this.deps.clock.nowMs();
    const stale = new Date(nowMs - CLAIM_MS);
    return await this.deps.claims.claim(OPERATOR_CLAIM, username, new Date(nowMs), stale);
  }

  async #admit(input: SignUpInput): Promise<boolean> {
    if (this.deps.mode === "open") return true;
    if (this.deps.mode === "closed" || input.invite === undefined) return false;
    const now = new Date(this.deps.clock.nowMs());
    const tokenHash = this.deps.tokens.hash(input.invite);
    return await this.deps.invitations.redeemInvitation(tokenHash, input.username, now);
  }

  async #giveBack(input: SignUpInput, asOperator: boolean): Promise<void> {
    if (asOperator) return await this.deps.claims.release(OPERATOR_CLAIM, input.username);
    if (this.deps.mode !== "invited" || input.invite === undefined) return;
    await this.deps.invitations.returnInvitation(this.deps.tokens.hash(input.invite), input.username);
  }

  async #takenCode(
    what: "username" | "email" | "either",
    username: string,
  ): Promise<"username_taken" | "email_taken"> {
    if (what !== "either") return `${what}_taken`;
    return (await this.deps.users.byUsername(username)) === undefined ? "email_taken" : "username_taken";
  }
}
