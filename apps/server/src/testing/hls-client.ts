import { execFile } from "node:child_process";
import { promisify } from "node:util";
import { attributesOf, type MediaPlaylist, parseMediaPlaylist } from "./media-playlist-reader.ts";

export type { ListedSegment, MediaPlaylist } from "./media-playlist-reader.ts";

const run = promisify(execFile);

export interface Variant {
  readonly attributes: Readonly<Record<string, string>>;
  readonly uri: string;
}

/** Reads playlists as a player of somebody else's would: by RFC 8216, from the text alone. */
export class HlsClient {
  constructor(readonly masterUrl: string) {}

  async master(): Promise<{ text: string; variants: Variant[]; audio: Variant[] }> {
    const text = await textOf(this.masterUrl);
    const lines = text.split("\n");
    const variants = lines.flatMap((line, i) =>
      line.startsWith("#EXT-X-STREAM-INF:")
        ? [{ attributes: attributesOf(line), uri: this.#absolute(lines[i + 1] ?? "") }]
        : [],
    );
    const audio = lines
      .filter((line) => line.startsWith("#EXT-X-MEDIA:") && line.includes("TYPE=AUDIO"))
      .map((line) => ({
        attributes: attributesOf(line),
        uri: this.#absolute(attributesOf(line)["URI"] ?? ""),
      }));
    return { text, variants, audio };
  }

  /** All media playlists of the master, video first. */
  async mediaPlaylists(): Promise<MediaPlaylist[]> {
    const { variants, audio } = await this.master();
    return Promise.all([...variants, ...audio].map(({ uri }) => readPlaylist(uri)));
  }

  /** Asks until the condition holds for every media playlist. */
  async waitFor(
    condition: (playlist: MediaPlaylist) => boolean,
    timeoutMs = 20_000,
  ): Promise<MediaPlaylist[]> {
    const deadline = Date.now() + timeoutMs;
    let last: unknown;
    while (Date.now() < deadline) {
      try {
        const playlists = await this.mediaPlaylists();
        last = playlists.map(({ text }) => text).join("\n");
        if (playlists.length > 0 && playlists.every(condition)) return playlists;
      } catch (error) {
        last = error;
      }
      await new Promise((resolve) => setTimeout(resolve, 100));
    }
    throw new Error(`not within ${timeoutMs} ms at ${this.masterUrl}:\n${String(last)}`);
  }

  #absolute(uri: string): string {
    return new URL(uri, this.masterUrl).href;
  }
}

export async function readPlaylist(url: string): Promise<MediaPlaylist> {
  return parseMediaPlaylist(await textOf(url), url);
}

export interface ProbedPacket {
  readonly stream: number;
  readonly pts: number;
  readonly dts: number;
  readonly keyframe: boolean;
}

/** Every packet of what ffprobe reads at an address or in a file, with the codecs of its streams. */
export async function probePackets(ffprobePath: string, input: string, extra: readonly string[] = []) {
  const { stdout, stderr } = await run(
    ffprobePath,
    [
      ...["-v", "warning", "-of", "json", "-show_entries"],
      "stream=index,codec_name,codec_type,width,height,r_frame_rate,sample_rate,channels:packet=stream_index,pts_time,dts_time,flags",
      ...extra,
      input,
    ],
    { maxBuffer: 64 * 1024 * 1024, timeout: 60_000 },
  );
  const json = JSON.parse(stdout) as {
    streams: Record<string, string | number>[];
    packets: { stream_index: number; pts_time: string; dts_time: string; flags: string }[];
  };
  const packets: ProbedPacket[] = json.packets.map((packet) => ({
    stream: packet.stream_index,
    pts: Number(packet.pts_time),
    dts: Number(packet.dts_time),
    keyframe: packet.flags.startsWith("K"),
  }));
  return { streams: json.streams, packets, warnings: stderr };
}

async function textOf(url: string): Promise<string> {
  const answer = await fetch(url);
  if (!answer.ok) throw new Error(`${answer.status} at ${url}: ${await answer.text()}`);
  return answer.text();
}
