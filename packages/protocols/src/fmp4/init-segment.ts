import { box, fields, fullBox } from "./boxes.ts";

/**
 * CMAF header (ISO/IEC 23000-19 §7.3.1): `ftyp` + `moov` of one track without samples.
 *
 * Timescales: video counts 90 kHz as the stream does, so that a segment's decode time is its slot's
 * start to the tick. Audio counts its own samples, so that every AAC frame is exactly 1024 units at
 * any rate (at 90 kHz a frame of 44.1 kHz is 2089.8 ticks and players would see cracks).
 */
export interface VideoInit {
  readonly kind: "video";
  /** AVCDecoderConfigurationRecord (ISO/IEC 14496-15 §5.3.3.1). */
  readonly config: Uint8Array;
  readonly width: number;
  readonly height: number;
  /**
   * Constant distance from decoding to presentation, ticks. With B-frames every presentation time
   * lies this much late in the media, and an edit list takes it off again. Signed offsets would do
   * the same, but ffmpeg and what is built on it then shows the picture late by that much.
   */
  readonly reorder90k: number;
}

export interface AudioInit {
  readonly kind: "audio";
  /** AudioSpecificConfig (ISO/IEC 14496-3 §1.6.2.1). */
  readonly config: Uint8Array;
  readonly sampleRate: number;
  readonly channels: number;
  readonly bitrateBps: number;
}

export type TrackInit = VideoInit | AudioInit;

export const TRACK_ID = 1;
export const VIDEO_TIMESCALE = 90_000;

export function timescaleOf(track: TrackInit): number {
  return track.kind === "video" ? VIDEO_TIMESCALE : track.sampleRate;
}

const ascii = (text: string): Buffer => Buffer.from(text, "latin1");
/** Unity matrix of mvhd and tkhd, 16.16 and 2.30 fixed point (ISO/IEC 14496-12 §8.2.2). */
const MATRIX = [0x10000, 0, 0, 0, 0x10000, 0, 0, 0, 0x40000000];
/** `und` as three 5-bit letters (§8.4.2). */
const LANGUAGE_UND = 0x55c4;

export const writeInitSegment = (track: TrackInit): Buffer => writeMovieHeader([track], timescaleOf(track));

/**
 * The same for several tracks in one file, with ids from 1 on in this order.
 *
 * @param timescale of the movie, in which edit lists count; each track has its own
 * @param userData a `udta` box, as the header's last bytes
 */
export function writeMovieHeader(
  tracks: readonly TrackInit[],
  timescale = VIDEO_TIMESCALE,
  userData: Buffer = Buffer.alloc(0),
): Buffer {
  const ftyp = box(
    "ftyp",
    // cmfc: composition offsets are positive, an edit list makes up for them (23000-19 §7.2).
    ascii("iso6"),
    fields(4, (w) => w.u32(1)),
    ascii("iso6cmfcmp41dash"),
  );
  const mvhd = fullBox(
    "mvhd",
    0,
    0,
    fields(96, (w) => {
      w.u32(0).u32(0).u32(timescale).u32(0);
      w.u32(0x10000).u16(0x0100).zeros(10);
      for (const value of MATRIX) w.u32(value);
      w.zeros(24).u32(tracks.length + 1);
    }),
  );
  const trexs = tracks.map((_, index) =>
    fullBox(
      "trex",
      0,
      0,
      fields(20, (w) =>
        w
          .u32(index + 1)
          .u32(1)
          .u32(0)
          .u32(0)
          .u32(0),
      ),
    ),
  );
  const traks = tracks.map((track, index) =>
    box("trak", tkhd(track, index + 1), ...edts(track), mdia(track, timescaleOf(track))),
  );
  return Buffer.concat([ftyp, box("moov", mvhd, ...traks, box("mvex", ...trexs), userData)]);
}

function tkhd(track: TrackInit, id: number): Buffer {
  const [width, height] = track.kind === "video" ? [track.width, track.height] : [0, 0];
  // Enabled, in movie, in preview.
  return fullBox(
    "tkhd",
    0,
    7,
    fields(80, (w) => {
      w.u32(0).u32(0).u32(id).u32(0).u32(0).zeros(8);
      w.u16(0)
        .u16(track.kind === "audio" ? 1 : 0)
        .u16(track.kind === "audio" ? 0x0100 : 0)
        .u16(0);
      for (const value of MATRIX) w.u32(value);
      w.u32(width * 0x10000).u32(height * 0x10000);
    }),
  );
}

/** One edit of the whole movie (§8.6.6): what stands at the delay is presented at zero. */
function edts(track: TrackInit): Buffer[] {
  if (track.kind === "audio" || track.reorder90k <= 0) return [];
  const edit = fields(16, (w) => w.u32(1).u32(0).u32(track.reorder90k).u16(1).u16(0));
  return [box("edts", fullBox("elst", 0, 0, edit))];
}

function mdia(track: TrackInit, timescale: number): Buffer {
  const video = track.kind === "video";
  const name = video ? "Footlight video" : "Footlight audio";
  return box(
    "mdia",
    fullBox(
      "mdhd",
      0,
      0,
      fields(20, (w) => w.u32(0).u32(0).u32(timescale).u32(0).u16(LANGUAGE_UND).u16(0)),
    ),
    fullBox(
      "hdlr",
      0,
      0,
      fields(4, (w) => w.u32(0)),
      ascii(video ? "vide" : "soun"),
      fields(12, (w) => w.zeros(12)),
      ascii(`${name}\0`),
    ),
    box(
      "minf",
      video
        ? fullBox(
            "vmhd",
            0,
            1,
            fields(8, (w) => w.zeros(8)),
          )
        : fullBox(
            "smhd",
            0,
            0,
            fields(4, (w) => w.zeros(4)),
          ),
      box(
        "dinf",
        fullBox(
          "dref",
          0,
          0,
          fields(4, (w) => w.u32(1)),
          fullBox("url ", 0, 1),
        ),
      ),
      stbl(track),
    ),
  );
}

function stbl(track: TrackInit): Buffer {
  const none = fields(4, (w) => w.u32(0));
  return box(
    "stbl",
    fullBox(
      "stsd",
      0,
      0,
      fields(4, (w) => w.u32(1)),
      track.kind === "video" ? avc1(track) : mp4a(track),
    ),
    fullBox("stts", 0, 0, none),
    fullBox("stsc", 0, 0, none),
    fullBox(
      "stsz",
      0,
      0,
      fields(8, (w) => w.zeros(8)),
    ),
    fullBox("stco", 0, 0, none),
  );
}

/** VisualSampleEntry (ISO/IEC 14496-12 §12.1.3, 14496-15 §5.4.2). */
function avc1(track: VideoInit): Buffer {
  return box(
    "avc1",
    fields(78, (w) => {
      w.zeros(6).u16(1).zeros(16).u16(track.width).u16(track.height);
      // 72 dpi, one frame a sample, no compressor name, 24 bit colour.
      w.u32(0x480000).u32(0x480000).u32(0).u16(1).zeros(32).u16(0x18).u16(0xffff);
    }),
    box("avcC", track.config),
  );
}

/** AudioSampleEntry with the elementary stream descriptor (ISO/IEC 14496-14 §5.6, 14496-1 §7.2.6.5). */
function mp4a(track: AudioInit): Buffer {
  const specific = descriptor(0x05, track.config);
  const decoder = descriptor(
    0x04,
    // MPEG-4 audio, audio stream, no buffer claim.
    fields(13, (w) => w.u8(0x40).u8(0x15).zeros(3).u32(track.bitrateBps).u32(track.bitrateBps)),
    specific,
  );
  const es = descriptor(
    0x03,
    fields(3, (w) => w.u16(TRACK_ID).u8(0)),
    decoder,
    descriptor(0x06, Buffer.of(2)),
  );
  return box(
    "mp4a",
    fields(28, (w) => {
      w.zeros(6).u16(1).zeros(8).u16(track.channels).u16(16).zeros(4);
      // 16.16; rates that do not fit are 0 here and the decoder reads its own configuration.
      w.u32(track.sampleRate < 0x10000 ? track.sampleRate * 0x10000 : 0);
    }),
    fullBox("esds", 0, 0, es),
  );
}

/** Four-byte lengths, as every other writer does: some readers expect nothing else. */
function descriptor(tag: number, ...parts: readonly Uint8Array[]): Buffer {
  const length = parts.reduce((sum, part) => sum + part.byteLength, 0);
  const size = fields(5, (w) =>
    w
      .u8(tag)
      .u8(0x80 | (length >> 21))
      .u8(0x80 | (length >> 14))
      .u8(0x80 | (length >> 7))
      .u8(length & 0x7f),
  );
  return Buffer.concat([size, ...parts]);
}
