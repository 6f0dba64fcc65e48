import { spawn } from "node:child_process";
import type { MediaPlaylist } from "./hls-client.ts";

/** Presentation times, seconds, at which something begins. */
export type Onsets = readonly number[];

/** Where the flash of a `PatternPublisher` begins in a video rendition. */
export async function flashes(ffmpegPath: string, playlist: MediaPlaylist): Promise<Onsets> {
  const filter = "crop=iw:ih*0.1:0:ih*0.87,scale=2:2,format=gray,showinfo";
  const words = await decode(ffmpegPath, await mediaOf(playlist), ["-an", "-vf", filter]);
  const frames = [...words.matchAll(/pts_time:\s*([\d.-]+).*?mean:\[(\d+)/g)].map(([, time, mean]) => ({
    time: Number(time),
    white: Number(mean) > 128,
  }));
  frames.sort((a, b) => a.time - b.time);
  return frames.filter(({ white }, i) => white && frames[i - 1]?.white === false).map(({ time }) => time);
}

/** Where its beep begins in the sound. */
export async function beeps(ffmpegPath: string, playlist: MediaPlaylist): Promise<Onsets> {
  const filter = ["-vn", "-af", "silencedetect=noise=-30dB:d=0.3"];
  const words = await decode(ffmpegPath, await mediaOf(playlist), filter);
  return [...words.matchAll(/silence_end: ([\d.-]+)/g)].map(([, time]) => Number(time));
}

/** Milliseconds from each flash to the beep nearest to it: positive where the sound is late. */
export function skewsMs(flashTimes: Onsets, beepTimes: Onsets): number[] {
  return flashTimes.flatMap((flash) => {
    const distances = beepTimes.map((beep) => (beep - flash) * 1_000);
    const nearest = distances.sort((a, b) => Math.abs(a) - Math.abs(b))[0];
    // At the edges one of the two may lie outside of what was fetched.
    return nearest !== undefined && Math.abs(nearest) < 500 ? [nearest] : [];
  });
}

/** Init and segments of the playlist's last unbroken stretch. */
async function mediaOf(playlist: MediaPlaylist): Promise<Buffer> {
  const map = playlist.segments.at(-1)?.map;
  const uris = playlist.segments
    .filter((segment) => segment.map === map && !segment.gap)
    .map(({ uri }) => uri);
  const parts = await Promise.all(
    [map as string, ...uris].map(async (uri) => Buffer.from(await (await fetch(uri)).arrayBuffer())),
  );
  return Buffer.concat(parts);
}

async function decode(ffmpegPath: string, media: Buffer, filter: readonly string[]): Promise<string> {
  const args = ["-hide_banner", "-nostats", "-copyts", "-i", "pipe:0", ...filter, "-f", "null", "-"];
  const child = spawn(ffmpegPath, args, { stdio: ["pipe", "ignore", "pipe"] });
  let words = "";
  child.stderr.on("data", (chunk: Buffer) => {
    words += chunk.toString();
  });
  child.stdin.on("error", () => {});
  child.stdin.end(media);
  await new Promise((resolve) => child.once("close", resolve));
  return words;
}
