import { createHash, randomBytes, timingSafeEqual } from "node:crypto";

const digest = (text: string): string => createHash("sha256").update(text).digest("base64");

/** What a client must answer ("Creating an authentication string" of the protocol). */
export const answerTo = (password: string, salt: string, challenge: string): string =>
  digest(digest(password + salt) + challenge);

/** One connection's question; the password itself never crosses the wire. */
export class Challenge {
  readonly salt = randomBytes(32).toString("base64");
  readonly challenge = randomBytes(32).toString("base64");

  constructor(private readonly password: string) {}

  isAnswer(text: string | undefined): boolean {
    const right = Buffer.from(answerTo(this.password, this.salt, this.challenge));
    const given = Buffer.from(text ?? "");
    return given.length === right.length && timingSafeEqual(given, right);
  }
}
