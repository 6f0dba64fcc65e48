import { randomBytes } from "node:crypto";

const ALPHABET = "0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz";

/** Fills a buffer with random bytes; injected where a test needs its own. */
export type RandomSource = (bytes: number) => Uint8Array;

/** Letters and digits only (safe in URLs, shells and RTMP names), about 5.95 bits a character, unbiased. */
export function randomText(length: number, random: RandomSource = randomBytes): string {
  let text = "";
  while (text.length < length) {
    for (const byte of random(length)) {
      // 248 = 4 × 62: bytes above would favour the first letters.
      if (byte < 248 && text.length < length) text += ALPHABET[byte % 62];
    }
  }
  return text;
}
