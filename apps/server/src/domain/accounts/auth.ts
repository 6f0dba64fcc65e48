import type { UserId, Username } from "@footlight/shared";
import { betterAuth } from "better-auth";
import { isAPIError } from "better-auth/api";
import { bearer, username } from "better-auth/plugins";
import type { AuthStore } from "../../db/auth-store.ts";
import type { Account, Caller, SignedIn } from "./account.ts";
import type { PasswordHasher } from "./password-hasher.ts";

const DAY_S = 24 * 3600;
const CALLER_HEADER = "x-footlight-caller";

/**
 * better-auth as a library: accounts with scrypt passwords, and sessions whose tokens carry a
 * signature, so that a copy of the database alone opens none of them. No route of it is mounted.
 */
export function createAuth(options: { store: AuthStore; secret: string; hasher: PasswordHasher }) {
  const { hasher } = options;
  return betterAuth({
    baseURL: "http://footlight.internal",
    secret: options.secret,
    database: options.store,
    emailAndPassword: {
      enabled: true,
      minPasswordLength: 8,
      maxPasswordLength: 256,
      password: {
        hash: (password) => hasher.hash(password),
        verify: ({ hash, password }) => hasher.verify(hash, password),
      },
    },
    session: { expiresIn: 30 * DAY_S, updateAge: DAY_S, freshAge: 0 },
    user: { additionalFields: { operator: { type: "boolean", input: false, defaultValue: false } } },
    plugins: [
      username({ maxUsernameLength: 25, usernameValidator: (name) => /^[a-z0-9_]{3,25}$/.test(name) }),
      bearer({ requireSignature: true }),
    ],
    advanced: { ipAddress: { ipAddressHeaders: [CALLER_HEADER] } },
    rateLimit: { enabled: false },
    telemetry: { enabled: false },
    logger: { disabled: true },
  });
}

export type Auth = ReturnType<typeof createAuth>;

/** How the auth library is asked: plain values in, unions out. */
export class AuthGateway {
  readonly #listeners = new Set<(userId: UserId) => void>();

  constructor(
    private readonly auth: Auth,
    private readonly hasher: PasswordHasher,
  ) {}

  async create(
    who: { username: Username; email: string; password: string },
    caller: Caller,
  ): Promise<SignedIn | { readonly kind: "taken"; readonly what: "username" | "email" | "either" }> {
    try {
      const { headers, response } = await this.auth.api.signUpEmail({
        body: { email: who.email, password: who.password, name: who.username, username: who.username },
        headers: headersOf(caller),
        returnHeaders: true,
      });
      const account: Account = {
        userId: response.user.id as UserId,
        username: who.username,
        email: response.user.email,
        operator: false,
      };
      return { kind: "signed_in", account, token: tokenIn(headers) };
    } catch (error) {
      const code = codeOf(error);
      if (code === "USERNAME_IS_ALREADY_TAKEN") return { kind: "taken", what: "username" };
      if (code?.startsWith("USER_ALREADY_EXISTS")) return { kind: "taken", what: "email" };
      // Two at once passed the library's look-ups, and the database's constraint chose one of them.
      if (code === "FAILED_TO_CREATE_USER") return { kind: "taken", what: "either" };
      throw error;
    }
  }

  /** Undefined for an unknown name and for a wrong password, after the same work. */
  async signIn(name: string, password: string, caller: Caller): Promise<SignedIn | undefined> {
    const body = { password, rememberMe: true };
    const request = { headers: headersOf(caller), returnHeaders: true } as const;
    const wanted = name.trim().toLowerCase();
    try {
      if (wanted.includes("@")) {
        const done = await this.auth.api.signInEmail({ ...request, body: { ...body, email: wanted } });
        return { kind: "signed_in", account: toAccount(done.response.user), token: tokenIn(done.headers) };
      }
      const done = await this.auth.api.signInUsername({ ...request, body: { ...body, username: wanted } });
      return { kind: "signed_in", account: toAccount(done.response.user), token: tokenIn(done.headers) };
    } catch (error) {
      const code = codeOf(error);
      if (code === undefined) throw error;
      // A name that no account could have was turned away before any hashing: do that work here.
      if (!/^INVALID_(USERNAME|EMAIL)_OR_PASSWORD$/.test(code)) await this.hasher.hash(password);
      return undefined;
    }
  }

  /** Told when sessions of an account have ended otherwise than by their age; returns how to stop it. */
  onSessionsEnded(listener: (userId: UserId) => void): () => void {
    this.#listeners.add(listener);
    return () => this.#listeners.delete(listener);
  }

  async session(token: string): Promise<Account | undefined> {
    const found = await this.auth.api.getSession({ headers: bearerHeaders(token) });
    return found === null ? undefined : toAccount(found.user);
  }

  async signOut(token: string): Promise<void> {
    const account = await this.session(token);
    await this.auth.api.signOut({ headers: bearerHeaders(token) });
    if (account !== undefined) this.#sessionsEnded(account.userId);
  }

  async signOutEverywhere(userId: UserId): Promise<void> {
    const context = await this.auth.$context;
    await context.internalAdapter.deleteUserSessions(userId);
    this.#sessionsEnded(userId);
  }

  async passwordIs(userId: UserId, password: string): Promise<boolean> {
    const context = await this.auth.$context;
    const credential = await context.internalAdapter.findCredentialAccount(userId);
    if (!credential?.password) return false;
    return await this.hasher.verify(credential.password, password);
  }

  /** Every session ends; undefined when the current password is wrong. */
  async changePassword(
    token: string,
    passwords: { currentPassword: string; newPassword: string },
    caller: Caller,
  ): Promise<string | undefined> {
    try {
      const { headers, response } = await this.auth.api.changePassword({
        body: { ...passwords, revokeOtherSessions: true },
        headers: bearerHeaders(token, caller),
        returnHeaders: true,
      });
      this.#sessionsEnded(response.user.id as UserId);
      return tokenIn(headers);
    } catch (error) {
      if (codeOf(error) === "INVALID_PASSWORD") return undefined;
      throw error;
    }
  }

  /** Sets a password without the old one, and ends every session. */
  async setPassword(userId: UserId, password: string): Promise<void> {
    const context = await this.auth.$context;
    await context.internalAdapter.updatePassword(userId, await this.hasher.hash(password));
    await context.internalAdapter.deleteUserSessions(userId);
    this.#sessionsEnded(userId);
  }

  #sessionsEnded(userId: UserId): void {
    for (const listener of [...this.#listeners]) listener(userId);
  }
}

function headersOf(caller: Caller): Headers {
  const headers = new Headers({ [CALLER_HEADER]: caller.address });
  // Printable ASCII only: a header of the library's own would throw on anything else.
  const agent = caller.userAgent?.replace(/[^\x20-\x7e]/g, "").slice(0, 256);
  if (agent !== undefined && agent !== "") headers.set("user-agent", agent);
  return headers;
}

function bearerHeaders(token: string, caller?: Caller): Headers {
  const headers = caller === undefined ? new Headers() : headersOf(caller);
  // What no token contains is not worth a header error.
  headers.set("authorization", `Bearer ${/^[\x21-\x7e]{1,512}$/.test(token) ? token : "none"}`);
  return headers;
}

function tokenIn(headers: Headers): string {
  const token = headers.get("set-auth-token");
  if (token === null) throw new Error("the auth library made a session without a token");
  return decodeURIComponent(token);
}

function toAccount(user: Record<string, unknown>): Account {
  return {
    userId: String(user["id"]) as UserId,
    username: String(user["username"]) as Username,
    email: String(user["email"]),
    operator: user["operator"] === true,
  };
}

function codeOf(error: unknown): string | undefined {
  if (!isAPIError(error)) return undefined;
  const code = error.body?.["code"];
  return typeof code === "string" ? code : "UNKNOWN";
}
