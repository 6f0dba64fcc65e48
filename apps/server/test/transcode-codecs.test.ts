import { execFileSync } from "node:child_process";
import { mkdtempSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { expect, it } from "vitest";
import { TIMELINE_CLOCK } from "../src/stream/capture-clock.ts";
import type { Unit, VideoTrack } from "../src/stream/unit.ts";
import { FFMPEG } from "./publisher-tools.ts";
import { type Material, transcode } from "./transcode-harness.ts";

/** HEVC and AV1 as Enhanced RTMP brings them: always re-encoded. Made as Matroska, whose blocks are the hub's units. */
it.each([
  ["hevc", "-c:v libx265 -preset ultrafast -x265-params log-level=none:keyint=30:bframes=2"],
  ["av1", "-c:v libsvtav1 -preset 12 -g 30"],
] as const)("%s is re-encoded from its first keyframe on", async (codec, encoder) => {
  const source = matroska(codec, `-f lavfi -i testsrc2=s=320x180:r=30 -t 1.5 -pix_fmt yuv420p ${encoder}`);
  const { runs, transcoder } = await transcode(source, { num: 30, den: 1 });
  expect(runs).toHaveLength(1);
  const names = runs[0]?.renditions.map(({ name }) => name);
  expect(names).toEqual(["180p", "160p"]);
  for (const name of names ?? []) expect(runs[0]?.units.get(name)).toHaveLength(45);
  expect(runs[0]?.units.get("180p")?.[0]?.pts90k).toBe(Math.min(...source.units.map((unit) => unit.pts90k)));
  expect(transcoder.stats().restarts).toBe(0);
});

function matroska(codec: "hevc" | "av1", args: string): Material {
  // Into a file: the muxer goes back to its header for AV1's record.
  const folder = mkdtempSync(join(tmpdir(), "footlight-"));
  const file = join(folder, "source.mkv");
  execFileSync(FFMPEG, ["-hide_banner", "-loglevel", "error", ...args.split(" "), file], {
    stdio: "ignore",
  });
  const bytes = readFileSync(file);
  rmSync(folder, { recursive: true });
  const found = { config: Buffer.alloc(0), units: [] as Unit[], clusterMs: 0 };
  walk(bytes, 0, bytes.length, found);
  found.units.forEach((unit, i) => {
    // Matroska has no decode times; the hub's would be a frame apart.
    found.units[i] = { ...unit, dts90k: i * 3000 - 9000 };
  });
  const video: VideoTrack = {
    kind: "video",
    codec,
    config: found.config,
    width: 320,
    height: 180,
    claimedFrameRate: undefined,
    codecString: codec,
  };
  const tracks = { video, audio: undefined, expectsVideo: true, expectsAudio: false };
  return { tracks, units: found.units };
}

const CONTAINERS = new Set([0x18538067, 0x1654ae6b, 0xae, 0x1f43b675]);

/** Just enough of EBML to read ffmpeg's own file back. */
function walk(
  bytes: Buffer,
  start: number,
  end: number,
  found: { config: Buffer; units: Unit[]; clusterMs: number },
): void {
  for (let at = start; at < end; ) {
    const idLength = Math.clz32(bytes[at] ?? 0) - 23;
    const id = bytes.readUIntBE(at, idLength);
    at += idLength;
    const sizeLength = Math.clz32(bytes[at] ?? 0) - 23;
    let size = (bytes[at] ?? 0) & (0xff >> sizeLength);
    let unknown = size === 0xff >> sizeLength;
    for (const byte of bytes.subarray(at + 1, at + sizeLength)) {
      size = size * 256 + byte;
      unknown &&= byte === 0xff;
    }
    at += sizeLength;
    const body = bytes.subarray(at, unknown ? end : at + size);
    if (CONTAINERS.has(id)) walk(bytes, at, at + body.length, found);
    else if (id === 0x63a2) found.config = body;
    else if (id === 0xe7) found.clusterMs = body.readUIntBE(0, body.length);
    else if (id === 0xa3) {
      const ms = found.clusterMs + body.readInt16BE(1);
      const pts90k = Math.round((ms * 90) / 3000) * 3000;
      const keyframe = ((body[3] ?? 0) & 0x80) !== 0;
      found.units.push({
        kind: "video",
        dts90k: 0,
        pts90k,
        keyframe,
        receivedAtMs: 0,
        clock: TIMELINE_CLOCK,
        data: body.subarray(4),
      });
    }
    at += body.length;
  }
}
