import { execFileSync } from "node:child_process";
import { vp8KeyframeSize } from "@footlight/protocols/rtp/vp8-depacketiser.ts";
import { FFMPEG } from "./publisher-tools.ts";

/** Media as WebRTC carries them, encoded by Debian's ffmpeg for tests. */
export interface EncodedFrame {
  readonly index: number;
  readonly keyframe: boolean;
  readonly data: Buffer;
}

function ffmpeg(args: string): Buffer {
  const all = ["-hide_banner", "-loglevel", "error", ...args.split(" "), "pipe:1"];
  return execFileSync(FFMPEG, all, { maxBuffer: 1 << 28 });
}

/** VP8 at 30 fps with a keyframe each 2 s. */
export function vp8Frames(source: string, seconds: number, bitrate = "400k"): EncodedFrame[] {
  const encoder = `-c:v libvpx -deadline realtime -cpu-used 8 -b:v ${bitrate} -g 60 -auto-alt-ref 0`;
  const ivf = ffmpeg(`-f lavfi -i ${source}:r=30 -t ${seconds} -pix_fmt yuv420p ${encoder} -f ivf`);
  const frames: EncodedFrame[] = [];
  // 32 bytes of header; before each frame its length and its 64-bit time.
  for (let at = 32; at + 12 <= ivf.length; ) {
    const data = ivf.subarray(at + 12, at + 12 + ivf.readUInt32LE(at));
    frames.push({ index: frames.length, keyframe: vp8KeyframeSize(data) !== undefined, data });
    at += 12 + data.length;
  }
  return frames;
}

/** Access units of H.264 without B-frames, as Annex B, parameter sets before each keyframe. */
export function h264AnnexB(source: string, seconds: number, options = "-g 60"): Buffer {
  const encoder = `-c:v libx264 -profile:v baseline -preset ultrafast -tune zerolatency ${options}`;
  const sets = "-bsf:v dump_extra,h264_metadata=aud=insert";
  return ffmpeg(`-f lavfi -i ${source}:r=30 -t ${seconds} -pix_fmt yuv420p ${encoder} ${sets} -f h264`);
}

/** Opus packets of 20 ms. */
export function opusPackets(source: string, seconds: number): Buffer[] {
  const ogg = ffmpeg(`-f lavfi -i ${source} -t ${seconds} -c:a libopus -b:a 64k -page_duration 1 -f ogg`);
  const packets: Buffer[] = [];
  for (let at = 0; at + 27 <= ogg.length; ) {
    const lacing = ogg.subarray(at + 27, at + 27 + (ogg[at + 26] ?? 0));
    let from = at + 27 + lacing.length;
    let size = 0;
    for (const part of lacing) {
      size += part;
      if (part === 255) continue;
      packets.push(ogg.subarray(from, from + size));
      from += size;
      size = 0;
    }
    at = from;
  }
  // The identification and comment headers.
  return packets.slice(2);
}
