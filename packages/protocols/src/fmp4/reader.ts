/**
 * A small reader of what this folder writes (and of CMAF by others): for restoring segments whose
 * row in the index was lost, and for tests. Throws `Fmp4Error` on bytes that are not CMAF.
 */
export class Fmp4Error extends Error {
  override readonly name = "Fmp4Error";
}

export interface Box {
  readonly type: string;
  /** Offset of the box in the bytes that were read. */
  readonly offset: number;
  readonly size: number;
  /** Without size and type. */
  readonly body: Buffer;
}

export interface ReadSample {
  readonly decodeTime: number;
  readonly presentationTime: number;
  readonly duration: number;
  readonly sync: boolean;
  readonly data: Buffer;
}

export interface ReadChunk {
  readonly sequenceNumber: number;
  readonly baseDecodeTime: number;
  readonly captureMs: number | undefined;
  readonly samples: readonly ReadSample[];
}

export interface ReadInit {
  readonly kind: "video" | "audio";
  readonly timescale: number;
  readonly brands: readonly string[];
  /** avcC record or AudioSpecificConfig. */
  readonly config: Buffer;
  readonly width: number;
  readonly height: number;
  /** What the edit list takes off presentation times, in the track's timescale; 0 without one. */
  readonly reorder: number;
}

export function readBoxes(bytes: Uint8Array): Box[] {
  const buffer = Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  const boxes: Box[] = [];
  for (let offset = 0; offset < buffer.length; ) {
    if (offset + 8 > buffer.length) throw new Fmp4Error("cut box header");
    const size = buffer.readUInt32BE(offset);
    if (size < 8 || offset + size > buffer.length) throw new Fmp4Error("box size out of bounds");
    boxes.push({
      type: buffer.toString("latin1", offset + 4, offset + 8),
      offset,
      size,
      body: buffer.subarray(offset + 8, offset + size),
    });
    offset += size;
  }
  return boxes;
}

export function findBox(boxes: readonly Box[], ...path: readonly string[]): Box {
  const [type, ...rest] = path;
  const found = boxes.find((candidate) => candidate.type === type);
  if (found === undefined) throw new Fmp4Error(`no ${type} box`);
  return rest.length === 0 ? found : findBox(readBoxes(found.body), ...rest);
}

export function readInitSegment(bytes: Uint8Array): ReadInit {
  const boxes = readBoxes(bytes);
  const ftyp = findBox(boxes, "ftyp").body;
  const trak = readBoxes(findBox(boxes, "moov", "trak").body);
  const handler = findBox(trak, "mdia", "hdlr").body.toString("latin1", 8, 12);
  const stsd = findBox(trak, "mdia", "minf", "stbl", "stsd").body.subarray(8);
  const entry = readBoxes(stsd)[0];
  if (entry === undefined) throw new Fmp4Error("no sample entry");
  const tkhd = findBox(trak, "tkhd").body;
  const video = handler === "vide";
  const edts = trak.find(({ type }) => type === "edts");
  const children = readBoxes(entry.body.subarray(video ? 78 : 28));
  return {
    kind: video ? "video" : "audio",
    timescale: findBox(trak, "mdia", "mdhd").body.readUInt32BE(12),
    brands: ftyp.subarray(8).toString("latin1").match(/.{4}/g) ?? [],
    config: video ? findBox(children, "avcC").body : audioConfig(findBox(children, "esds").body.subarray(4)),
    width: tkhd.readUInt32BE(76) / 0x10000,
    height: tkhd.readUInt32BE(80) / 0x10000,
    reorder: edts === undefined ? 0 : findBox(readBoxes(edts.body), "elst").body.readUInt32BE(12),
  };
}

/** Every chunk of a segment in order. */
export function readChunks(bytes: Uint8Array): ReadChunk[] {
  const boxes = readBoxes(bytes);
  const buffer = Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  const chunks: ReadChunk[] = [];
  let captureMs: number | undefined;
  for (const each of boxes) {
    if (each.type === "prft") {
      captureMs =
        (each.body.readUInt32BE(8) - 2_208_988_800) * 1000 + (each.body.readUInt32BE(12) / 2 ** 32) * 1000;
    }
    if (each.type !== "moof") continue;
    chunks.push(readMoof(buffer, each, captureMs));
    captureMs = undefined;
  }
  return chunks;
}

function readMoof(file: Buffer, moof: Box, captureMs: number | undefined): ReadChunk {
  const inside = readBoxes(moof.body);
  const traf = readBoxes(findBox(inside, "traf").body);
  const tfdt = findBox(traf, "tfdt").body;
  const baseDecodeTime = tfdt[0] === 1 ? Number(tfdt.readBigUInt64BE(4)) : tfdt.readUInt32BE(4);
  const defaults = readTfhd(findBox(traf, "tfhd").body);
  const trun = findBox(traf, "trun").body;
  const flags = trun.readUInt32BE(0) & 0xff_ffff;
  const count = trun.readUInt32BE(4);
  let at = 8;
  const next = (): number => {
    const value = trun.readUInt32BE(at);
    at += 4;
    return value;
  };
  let from = moof.offset + (flags & 0x1 ? next() : 0);
  const firstFlags = flags & 0x4 ? next() : undefined;
  const samples: ReadSample[] = [];
  let decodeTime = baseDecodeTime;
  for (let index = 0; index < count; index += 1) {
    const duration = flags & 0x100 ? next() : defaults.duration;
    const size = flags & 0x200 ? next() : defaults.size;
    const own = flags & 0x400 ? next() : undefined;
    const sampleFlags = own ?? (index === 0 ? firstFlags : undefined) ?? defaults.flags;
    const offset = flags & 0x800 ? next() | 0 : 0;
    if (from + size > file.length) throw new Fmp4Error("sample outside the file");
    samples.push({
      decodeTime,
      presentationTime: decodeTime + offset,
      duration,
      sync: (sampleFlags & 0x1_0000) === 0,
      data: file.subarray(from, from + size),
    });
    from += size;
    decodeTime += duration;
  }
  return { sequenceNumber: findBox(inside, "mfhd").body.readUInt32BE(4), baseDecodeTime, captureMs, samples };
}

function readTfhd(body: Buffer): { duration: number; size: number; flags: number } {
  const flags = body.readUInt32BE(0) & 0xff_ffff;
  let at = 8;
  const next = (bytes = 4): number => {
    const value = bytes === 4 ? body.readUInt32BE(at) : 0;
    at += bytes;
    return value;
  };
  if (flags & 0x1) next(8);
  if (flags & 0x2) next();
  return {
    duration: flags & 0x8 ? next() : 0,
    size: flags & 0x10 ? next() : 0,
    flags: flags & 0x20 ? next() : 0,
  };
}

/** Walks ES → decoder configuration → decoder specific descriptors (ISO/IEC 14496-1 §7.2.6). */
function audioConfig(esds: Buffer): Buffer {
  let at = 0;
  const header = (): { tag: number; length: number } => {
    const tag = esds.readUInt8(at++);
    let length = 0;
    for (let more = true; more; ) {
      const byte = esds.readUInt8(at++);
      length = (length << 7) | (byte & 0x7f);
      more = (byte & 0x80) !== 0;
    }
    return { tag, length };
  };
  header();
  at += 3;
  header();
  at += 13;
  const { tag, length } = header();
  if (tag !== 0x05) throw new Fmp4Error("no decoder specific descriptor");
  return esds.subarray(at, at + length);
}
