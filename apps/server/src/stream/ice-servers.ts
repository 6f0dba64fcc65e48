import { createHmac } from "node:crypto";
import type { IceServer } from "@footlight/shared";
import type { Clock } from "../platform/clock.ts";

export interface IceServerSettings {
  /** What is configured; those with a password are told as they are. */
  readonly servers: readonly {
    readonly urls: string;
    readonly username?: string | undefined;
    readonly credential?: string | undefined;
  }[];
  /** Shared with the TURN servers that have no password here. */
  readonly turnSecret: string | undefined;
}

/** How long what a client was told opens the TURN server: longer than a stream. */
const LIFE_S = 24 * 3600;

/**
 * The STUN and TURN servers that a client shall try. A password made of the shared secret ends by itself
 * (draft-uberti-behave-turn-rest-00 §2.2, as coturn's `use-auth-secret` has it).
 */
export class IceServers {
  constructor(
    private readonly settings: IceServerSettings,
    private readonly clock: Pick<Clock, "nowMs">,
  ) {}

  list(): IceServer[] {
    const { servers, turnSecret } = this.settings;
    return servers.map(({ urls, username, credential }) => {
      if (username !== undefined && credential !== undefined) return { urls: [urls], username, credential };
      return { urls: [urls], ...(/^turn/.test(urls) && turnSecret !== undefined && this.#timed(turnSecret)) };
    });
  }

  #timed(secret: string): { username: string; credential: string } {
    const username = String(Math.floor(this.clock.nowMs() / 1_000) + LIFE_S);
    return { username, credential: createHmac("sha1", secret).update(username).digest("base64") };
  }
}
