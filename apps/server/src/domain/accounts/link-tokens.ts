import { createHmac } from "node:crypto";
import { randomText } from "../ids.ts";

/** Secrets that travel in links (invitations, resets): shown once, kept as a keyed hash. */
export class LinkTokens {
  constructor(private readonly secret: Uint8Array) {}

  make(): { readonly token: string; readonly tokenHash: string } {
    const token = randomText(32);
    return { token, tokenHash: this.hash(token) };
  }

  hash(token: string): string {
    return createHmac("sha256", this.secret).update(`link:${token}`).digest("hex");
  }
}
