import type { z } from "zod";
import type { signInFaultSchema } from "../../contract/studio-calls.ts";
import type { Topics } from "../ipc/topics.ts";
import type { Preferences } from "../system/preferences.ts";
import type { Secrets } from "../system/secrets.ts";
import { ServerClient } from "./server-client.ts";

const TOKEN = "account.token";
export type SignInFault = z.infer<typeof signInFaultSchema>;

/** Who is signed in, and where. The token is among the secrets and goes to that server only. */
export class Account {
  constructor(
    private readonly preferences: Preferences,
    private readonly secrets: Secrets,
    private readonly topics: Pick<Topics, "publish">,
  ) {
    // Where secrets are not kept, a name without a token is nobody.
    if (this.#kept.username !== null && secrets.get(TOKEN) === undefined)
      this.#change(this.#kept.server, null);
    else this.#publish();
  }

  get server(): string {
    return this.#kept.server;
  }

  get username(): string | null {
    return this.#kept.username;
  }

  /** To speak for whoever is signed in; undefined: nobody is. */
  client(): ServerClient | undefined {
    const token = this.secrets.get(TOKEN);
    if (token === undefined || this.#kept.username === null) return undefined;
    return new ServerClient(this.#kept.server, token);
  }

  /** Named on the command line: the form then has it already. */
  suggest(server: string): void {
    if (this.#kept.server !== server) this.signOut(server);
  }

  async signIn(address: string, username: string, password: string): Promise<SignInFault | null> {
    const server = serverAddress(address);
    if (server === undefined) return "bad_address";
    const answer = await new ServerClient(server).signIn(username, password);
    if (!answer.ok) {
      switch (answer.fault) {
        case "unreachable":
          return "unreachable";
        case "foreign":
          return "not_footlight";
        case "refused":
          if (answer.status === 429) return "too_often";
          return answer.status === 404 ? "not_footlight" : "wrong_password";
      }
    }
    this.secrets.set(TOKEN, answer.value.token);
    this.#change(server, answer.value.username);
    await this.#takeChannelsWords();
    return null;
  }

  signOut(server = this.#kept.server): void {
    this.secrets.set(TOKEN, undefined);
    this.#change(server, null);
  }

  /** The first broadcast from here is called and delayed as the channel's are; later ones as the last from here. */
  async #takeChannelsWords(): Promise<void> {
    if (this.preferences.values.settings.stream.title !== "") return;
    const answer = await this.client()?.channel();
    const { stream } = this.preferences.values.settings;
    if (!answer?.ok || stream.title !== "") return;
    const { title, category, tags, latencyMode } = answer.value.settings;
    this.preferences.changeSettings({ stream: { ...stream, title, category, tags, latencyMode } });
  }

  get #kept() {
    return this.preferences.values.account;
  }

  #change(server: string, username: string | null): void {
    this.preferences.change({ account: { ...this.#kept, server, username } });
    this.#publish();
  }

  #publish(): void {
    const { server, username } = this.#kept;
    this.topics.publish("account", { server, username, keepsSecrets: this.secrets.isKept });
  }
}

/** What people type for a server: `live.example.org`, `localhost:8080`, a whole address. Its origin, or undefined. */
export function serverAddress(typed: string): string | undefined {
  const text = typed.trim();
  const isLocal = /^(localhost|127\.|\[::1\]|10\.|192\.168\.)/.test(text);
  const full = /^https?:\/\//i.test(text) ? text : `${isLocal ? "http" : "https"}://${text}`;
  try {
    const url = new URL(full);
    return url.username === "" && url.password === "" && url.hostname !== "" ? url.origin : undefined;
  } catch {
    return undefined;
  }
}
