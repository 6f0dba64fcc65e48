import { createCipheriv, createDecipheriv, createHmac, randomBytes } from "node:crypto";
import { StreamKey } from "../../stream/stream-key.ts";

const VERSION = 1;
const IV_BYTES = 12;
const TAG_BYTES = 16;

/** Seals keys at rest (AES-256-GCM, bound to their channel) and makes their look-up column. */
export class KeyCipher {
  constructor(private readonly secrets: { readonly keyEncryption: Uint8Array; readonly hmac: Uint8Array }) {}

  /** version (1 byte) | iv (12) | tag (16) | ciphertext */
  seal(key: StreamKey, channelId: string): Uint8Array {
    const iv = randomBytes(IV_BYTES);
    const cipher = createCipheriv("aes-256-gcm", this.secrets.keyEncryption, iv);
    cipher.setAAD(Buffer.from(channelId));
    const sealed = Buffer.concat([cipher.update(key.reveal(), "utf8"), cipher.final()]);
    return Buffer.concat([Buffer.of(VERSION), iv, cipher.getAuthTag(), sealed]);
  }

  /** Throws where the bytes were changed, moved from another channel, or sealed under another secret. */
  open(sealed: Uint8Array, channelId: string): StreamKey {
    const bytes = Buffer.from(sealed);
    if (bytes[0] !== VERSION) throw new Error("a stream key is sealed in an unknown way");
    const tagAt = 1 + IV_BYTES;
    const decipher = createDecipheriv("aes-256-gcm", this.secrets.keyEncryption, bytes.subarray(1, tagAt));
    decipher.setAAD(Buffer.from(channelId));
    decipher.setAuthTag(bytes.subarray(tagAt, tagAt + TAG_BYTES));
    const text = Buffer.concat([decipher.update(bytes.subarray(tagAt + TAG_BYTES)), decipher.final()]);
    return new StreamKey(text.toString("utf8"));
  }

  lookup(key: StreamKey): string {
    return createHmac("sha256", this.secrets.hmac).update(`key:${key.reveal()}`).digest("hex");
  }
}
