/** A coded structure breaks its specification: truncated, out of range, or not what it claims to be. */
export class BitstreamError extends Error {
  override readonly name = "BitstreamError";
}

/**
 * Reads bits from the most significant end (ISO 14496-10 §7.2, also right for HEVC, AV1 and AAC).
 * Emulation prevention must have been removed. Reading past the end throws `BitstreamError`.
 */
export class BitReader {
  readonly #data: Uint8Array;
  #position = 0;

  constructor(data: Uint8Array) {
    this.#data = data;
  }

  get bitsLeft(): number {
    return this.#data.length * 8 - this.#position;
  }

  /** u(n), 0 ≤ n ≤ 32, as a non-negative number. */
  u(count: number): number {
    if (count > this.bitsLeft) throw new BitstreamError("truncated bitstream");
    let value = 0;
    for (let left = count; left > 0; ) {
      const offset = this.#position & 7;
      const take = Math.min(8 - offset, left);
      const byte = this.#data[this.#position >> 3] ?? 0;
      value = value * 2 ** take + ((byte >> (8 - offset - take)) & ((1 << take) - 1));
      this.#position += take;
      left -= take;
    }
    return value;
  }

  flag(): boolean {
    return this.u(1) === 1;
  }

  skip(count: number): void {
    if (count > this.bitsLeft) throw new BitstreamError("truncated bitstream");
    this.#position += count;
  }

  /** ue(v), unsigned Exp-Golomb (§9.1). */
  ue(): number {
    let zeros = 0;
    while (!this.flag()) {
      zeros++;
      if (zeros > 31) throw new BitstreamError("Exp-Golomb code too long");
    }
    return 2 ** zeros - 1 + this.u(zeros);
  }

  /** se(v), signed Exp-Golomb (§9.1.1). */
  se(): number {
    const code = this.ue();
    return code % 2 === 1 ? (code + 1) / 2 : -code / 2;
  }
}

/** NAL payload (EBSP) → RBSP: drops the 0x03 of each 00 00 03 (§7.4.1). */
export function removeEmulationPrevention(data: Uint8Array): Uint8Array {
  const out = new Uint8Array(data.length);
  let length = 0;
  let zeros = 0;
  for (const byte of data) {
    if (zeros >= 2 && byte === 3) {
      zeros = 0;
      continue;
    }
    out[length++] = byte;
    zeros = byte === 0 ? zeros + 1 : 0;
  }
  return out.subarray(0, length);
}
