import type { Account, Caller } from "../../domain/accounts/account.ts";

/** What a procedure knows of its request, and how it answers beside its value. */
export interface TrpcContext {
  readonly caller: Caller;
  /** How the client reached us, `http://host:port`. */
  readonly origin: string;
  /** The session's secret, from the cookie or a bearer token. */
  readonly token: string | undefined;
  /** Looked up once a request, when first asked for. */
  account(): Promise<Account | undefined>;
  /** Gives the browser a session, or takes it away. */
  setSession(token: string | undefined): void;
  retryAfter(seconds: number): void;
}
