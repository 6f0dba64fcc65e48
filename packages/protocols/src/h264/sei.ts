import { removeEmulationPrevention } from "./bit-reader.ts";
import { NalType, nalTypeOf } from "./nal.ts";

/** payloadType, ISO 14496-10 table D-1. */
export const SeiType = { userDataUnregistered: 5, recoveryPoint: 6 } as const;

export interface SeiMessage {
  readonly type: number;
  readonly payload: Uint8Array;
}

/** x264's own words are under 1 KiB, captions under 2: what is longer is not searched. */
const MAX_NAL_BYTES = 4096;
const MAX_MESSAGES = 16;

/**
 * Messages of an SEI NAL unit (§7.3.2.3.1), emulation prevention removed. Empty for every other unit.
 * Bounded, and ends quietly where the bytes break the syntax: SEI never decides whether a frame decodes.
 */
export function seiMessages(nal: Uint8Array): SeiMessage[] {
  if (nalTypeOf(nal) !== NalType.sei || nal.length > MAX_NAL_BYTES) return [];
  const rbsp = removeEmulationPrevention(nal.subarray(1));
  const messages: SeiMessage[] = [];
  let at = 0;
  /** A number in bytes of 255 and a rest; undefined past the end. */
  const number = (): number | undefined => {
    let value = 0;
    for (; rbsp[at] === 0xff; at += 1) value += 0xff;
    const last = rbsp[at++];
    return last === undefined ? undefined : value + last;
  };
  // One byte is left: the trailing bits.
  while (at < rbsp.length - 1 && messages.length < MAX_MESSAGES) {
    const type = number();
    const size = number();
    if (type === undefined || size === undefined || at + size > rbsp.length) break;
    messages.push({ type, payload: rbsp.subarray(at, at + size) });
    at += size;
  }
  return messages;
}
