import { createHash } from "node:crypto";
import { type ChannelId, MAX_AVATAR_BYTES } from "@footlight/shared";
import type { BlobStore } from "../../platform/blob/blob-store.ts";
import type { Clock } from "../../platform/clock.ts";
import { type Refusal, refuse } from "../refusal.ts";
import type { Channel } from "./channel.ts";

export const AVATAR_SIZE = 256;

/** Decodes a picture of any size and gives it back as a square JPEG; throws where it cannot. */
export type ResizeImage = (
  image: Uint8Array,
  to: { readonly width: number; readonly height: number },
) => Promise<Uint8Array>;

const blobKey = (hash: string) => `avatars/${hash}.jpg`;

/** Pictures of channels. What is kept and served was encoded by us, never the bytes that were uploaded. */
export class Avatars {
  constructor(
    private readonly deps: {
      readonly channels: {
        setAvatar(channelId: ChannelId, hash: string | null, now: Date): Promise<void>;
        avatarUsers(hash: string): Promise<number>;
      };
      readonly blobs: Pick<BlobStore, "put" | "get" | "delete">;
      readonly resizeImage: ResizeImage;
      readonly clock: Pick<Clock, "nowMs">;
    },
  ) {}

  async upload(
    channel: Channel,
    image: Uint8Array,
  ): Promise<
    | { readonly kind: "stored"; readonly hash: string }
    | Refusal<"payload_too_large" | "unsupported_media_type">
  > {
    if (image.length > MAX_AVATAR_BYTES) return refuse("payload_too_large");
    if (imageType(image) === undefined) return refuse("unsupported_media_type");
    let jpeg: Uint8Array;
    try {
      jpeg = await this.deps.resizeImage(image, { width: AVATAR_SIZE, height: AVATAR_SIZE });
    } catch {
      // It began like a picture and was none.
      return refuse("unsupported_media_type");
    }
    const hash = createHash("sha256").update(jpeg).digest("hex");
    await this.deps.blobs.put(blobKey(hash), jpeg);
    await this.#change(channel, hash);
    return { kind: "stored", hash };
  }

  async remove(channel: Channel): Promise<void> {
    await this.#change(channel, null);
  }

  /** `hash` comes out of a URL, so only what has its shape is looked for. */
  async load(hash: string): Promise<Uint8Array | undefined> {
    return /^[0-9a-f]{64}$/.test(hash) ? await this.deps.blobs.get(blobKey(hash)) : undefined;
  }

  /** After its last channel is gone. */
  async discard(hash: string | null): Promise<void> {
    if (hash === null || (await this.deps.channels.avatarUsers(hash)) > 0) return;
    await this.deps.blobs.delete([blobKey(hash)]);
  }

  async #change(channel: Channel, hash: string | null): Promise<void> {
    await this.deps.channels.setAvatar(channel.channelId, hash, new Date(this.deps.clock.nowMs()));
    if (channel.avatarHash !== hash) await this.discard(channel.avatarHash);
  }
}

/** By its first bytes; a name or a declared type proves nothing. */
export function imageType(bytes: Uint8Array): "png" | "jpeg" | "webp" | undefined {
  const begins = (signature: readonly number[], at = 0) =>
    signature.every((byte, index) => bytes[at + index] === byte);
  if (begins([0x89, 0x50, 0x4e, 0x47, 0x0d, 0x0a, 0x1a, 0x0a])) return "png";
  if (begins([0xff, 0xd8, 0xff])) return "jpeg";
  if (begins([0x52, 0x49, 0x46, 0x46]) && begins([0x57, 0x45, 0x42, 0x50], 8)) return "webp";
  return undefined;
}
