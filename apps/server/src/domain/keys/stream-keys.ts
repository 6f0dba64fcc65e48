import type { ChannelId } from "@footlight/shared";
import type { Clock } from "../../platform/clock.ts";
import { StreamKey } from "../../stream/stream-key.ts";
import { randomText } from "../ids.ts";
import type { KeyCipher } from "./key-cipher.ts";

/** Recognisable, so that secret scanners and people know what leaked. */
const PREFIX = "fl_";
/** 32 of 62 letters: 190 bits. */
const RANDOM_LENGTH = 32;
const KEY_SHAPE = /^fl_[0-9A-Za-z]{32}$/;

/** The keys of channels: one each, shown to its owner as often as wanted, found by what encoders send. */
export class StreamKeys {
  constructor(
    private readonly deps: {
      readonly keys: {
        put(channelId: ChannelId, key: { sealed: Uint8Array; lookup: string; now: Date }): Promise<void>;
        sealed(channelId: ChannelId): Promise<Uint8Array | undefined>;
        channelOf(lookup: string): Promise<ChannelId | undefined>;
      };
      readonly cipher: KeyCipher;
      readonly clock: Pick<Clock, "nowMs">;
    },
  ) {}

  /** Makes a new key; the old one opens nothing from now on. */
  async renew(channelId: ChannelId): Promise<StreamKey> {
    const key = new StreamKey(PREFIX + randomText(RANDOM_LENGTH));
    const { cipher, keys, clock } = this.deps;
    await keys.put(channelId, {
      sealed: cipher.seal(key, channelId),
      lookup: cipher.lookup(key),
      now: new Date(clock.nowMs()),
    });
    return key;
  }

  async of(channelId: ChannelId): Promise<StreamKey> {
    const sealed = await this.deps.keys.sealed(channelId);
    return sealed === undefined ? await this.renew(channelId) : this.deps.cipher.open(sealed, channelId);
  }

  /** The channel that the key opens. What cannot be a key costs no look-up. */
  async channelOf(key: StreamKey): Promise<ChannelId | undefined> {
    if (!KEY_SHAPE.test(key.reveal())) return undefined;
    return await this.deps.keys.channelOf(this.deps.cipher.lookup(key));
  }
}
