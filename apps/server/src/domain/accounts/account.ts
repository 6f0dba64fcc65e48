import type { UserId, Username } from "@footlight/shared";

/** Who is signed in. */
export interface Account {
  readonly userId: UserId;
  readonly username: Username;
  readonly email: string;
  readonly operator: boolean;
}

/** An account with the secret of one session: a cookie's value or a bearer token. */
export interface SignedIn {
  readonly kind: "signed_in";
  readonly account: Account;
  readonly token: string;
}

/** Where a request comes from: for throttling, and for the account's list of sessions. */
export interface Caller {
  readonly address: string;
  readonly userAgent: string | undefined;
}
