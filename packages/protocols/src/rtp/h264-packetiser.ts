import { nalTypeOf } from "../h264/nal.ts";

/** nal_unit_type of RFC 6184 §5.2. */
export const RtpNalType = { stapA: 24, fuA: 28 } as const;

const REF_IDC_BITS = 0x60;
const STAP_HEADER = 1;
const STAP_LENGTH = 2;
const FU_HEADER = 2;
const FU_START = 0x80;
const FU_END = 0x40;

/**
 * One access unit → RTP payloads in packetization-mode 1 (RFC 6184 §6.3), none longer than `maxBytes`:
 * NAL units that fit side by side share a STAP-A, one alone goes as it is, a larger one in FU-As of about
 * equal length. The caller sets the marker on the last one. `nals` without start codes or lengths.
 */
export function packetiseH264(nals: readonly Uint8Array[], maxBytes: number): Uint8Array[] {
  const payloads: Uint8Array[] = [];
  let gathered: Uint8Array[] = [];
  let gatheredBytes = STAP_HEADER;
  const flush = (): void => {
    const [first, second] = gathered;
    if (first !== undefined) payloads.push(second === undefined ? first : aggregate(gathered, gatheredBytes));
    gathered = [];
    gatheredBytes = STAP_HEADER;
  };
  for (const nal of nals) {
    if (nal.length === 0) continue;
    if (gatheredBytes + STAP_LENGTH + nal.length > maxBytes) flush();
    if (nal.length > maxBytes) payloads.push(...fragment(nal, maxBytes));
    else {
      gathered.push(nal);
      gatheredBytes += STAP_LENGTH + nal.length;
    }
  }
  flush();
  return payloads;
}

/** STAP-A, §5.7.1: its header carries the highest importance of what is inside. */
function aggregate(nals: readonly Uint8Array[], length: number): Uint8Array {
  const out = new Uint8Array(length);
  const importance = Math.max(...nals.map((nal) => (nal[0] ?? 0) & REF_IDC_BITS));
  out[0] = importance | RtpNalType.stapA;
  let at = STAP_HEADER;
  for (const nal of nals) {
    out[at] = nal.length >> 8;
    out[at + 1] = nal.length & 0xff;
    out.set(nal, at + STAP_LENGTH);
    at += STAP_LENGTH + nal.length;
  }
  return out;
}

/** FU-A, §5.8: the NAL unit's header byte is shared out over the two before each fragment. */
function fragment(nal: Uint8Array, maxBytes: number): Uint8Array[] {
  const body = nal.subarray(1);
  const size = Math.ceil(body.length / Math.ceil(body.length / (maxBytes - FU_HEADER)));
  const count = Math.ceil(body.length / size);
  const indicator = ((nal[0] ?? 0) & REF_IDC_BITS) | RtpNalType.fuA;
  return Array.from({ length: count }, (_, i) => {
    const part = body.subarray(i * size, (i + 1) * size);
    const out = new Uint8Array(FU_HEADER + part.length);
    out[0] = indicator;
    out[1] = (i === 0 ? FU_START : 0) | (i === count - 1 ? FU_END : 0) | nalTypeOf(nal);
    out.set(part, FU_HEADER);
    return out;
  });
}
