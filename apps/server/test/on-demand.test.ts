import { readdirSync, readFileSync } from "node:fs";
import { afterAll, beforeAll, describe, expect, it, vi } from "vitest";
import { HlsClient, readPlaylist } from "../src/testing/hls-client.ts";
import type { MediaPlaylist } from "../src/testing/media-playlist-reader.ts";
import { TestServer } from "../src/testing/test-server.ts";
import { TrpcCaller } from "../src/testing/trpc-caller.ts";
import { decodeStartS, goLive, type LowLatencyStream, renditionUrls } from "./low-latency-tools.ts";

/** 120p and 90p are made on demand, beside a source that is passed through and 72p. */
const LADDER = JSON.stringify([
  { name: "120p", height: 120, maxFps: 30, bitrateBps: 300_000, alwaysOn: false },
  { name: "90p", height: 90, maxFps: 30, bitrateBps: 200_000, alwaysOn: false },
  { name: "72p", height: 72, maxFps: 30, bitrateBps: 100_000, alwaysOn: true },
]);
const IDLE_S = 3;

let server: TestServer;
beforeAll(async () => {
  server = await TestServer.start({ LADDER, DEMAND_IDLE_S: String(IDLE_S) });
});
afterAll(() => server[Symbol.asyncDispose]());

/** The server's encoders, oldest first: those that write renditions on pipes. */
function encoders(): { pid: number; rungs: number }[] {
  const children = readdirSync(`/proc/${server.pid}/task`).flatMap((task) =>
    readFileSync(`/proc/${server.pid}/task/${task}/children`, "utf8").split(" ").filter(Boolean),
  );
  return children.flatMap((pid) => {
    const args = commandOf(pid);
    const rungs = args.filter((arg) => arg === "-force_key_frames").length;
    return rungs > 0 ? [{ pid: Number(pid), rungs }] : [];
  });
}

function commandOf(pid: string): string[] {
  try {
    return readFileSync(`/proc/${pid}/cmdline`, "utf8").split("\0");
  } catch {
    return [];
  }
}

/** Fetches the list every so often, as a player of the standard tier does, until it is told to stop. */
function watch(url: string): { stop(): Promise<void> } {
  const gone = new AbortController();
  const watching = (async () => {
    while (!gone.signal.aborted) {
      await fetch(url).then((answer) => answer.arrayBuffer());
      await new Promise((resolve) => setTimeout(resolve, 500));
    }
  })();
  return {
    stop: async () => {
      gone.abort();
      await watching;
    },
  };
}

const madeOf = ({ segments }: MediaPlaylist): string => segments.map(({ gap }) => (gap ? "-" : "M")).join("");
const media = (playlist: MediaPlaylist) => playlist.segments.filter(({ gap }) => !gap);

/** Segments of one number begin with the same frame in all renditions that have them. */
async function expectSameStarts(playlists: readonly MediaPlaylist[]): Promise<void> {
  const seqs = playlists.map((playlist) => new Set(media(playlist).map(({ seq }) => seq)));
  const common = [...(seqs[0] ?? [])].filter((seq) => seqs.every((each) => each.has(seq)));
  expect(common.length).toBeGreaterThan(0);
  for (const seq of common) {
    const starts = await Promise.all(
      playlists.map((playlist) =>
        decodeStartS(media(playlist).find((each) => each.seq === seq) ?? { uri: "" }),
      ),
    );
    expect(new Set(starts).size, `${seq}: ${starts}`).toBe(1);
  }
}

describe("qualities on demand", () => {
  let stream: LowLatencyStream;
  let urls: Map<string, string>;
  const list = (name: string): Promise<MediaPlaylist> =>
    readPlaylist((urls.get(name) ?? "").replace("ll.m3u8", "index.m3u8"));
  /** Asks for its first part, and then for the segment that it is a part of. */
  const woken = async (name: string): Promise<MediaPlaylist> => {
    await readPlaylist(urls.get(name) ?? "");
    return list(name);
  };

  it("wake for those who ask, hand over, and go to sleep, and nobody else notices", {
    timeout: 90_000,
  }, async () => {
    stream = await goLive(server, "ada");
    urls = await renditionUrls(stream.url);
    expect([...urls.keys()]).toEqual(expect.arrayContaining(["source", "120p", "90p", "72p", "audio"]));
    const base = encoders();
    expect(base).toEqual([{ pid: expect.any(Number), rungs: 1 }]);

    // Asked for, it is there within two GOPs: the request is held as long, and not much longer.
    const first = await readPlaylist(urls.get("120p") ?? "");
    expect(first.open.parts.length + first.segments.filter(({ gap }) => !gap).length).toBeGreaterThan(0);
    const big = watch(urls.get("120p") ?? "");
    const [, annex] = encoders();
    expect(annex?.rungs).toBe(1);

    const second = await woken("90p");
    expect(second.segments.at(-1)?.gap).toBe(false);
    const small = watch(urls.get("90p") ?? "");
    await vi.waitFor(() => expect(encoders().map(({ rungs }) => rungs)).toEqual([1, 2]), { timeout: 10_000 });
    const playlists = await Promise.all(["120p", "90p", "72p", "source"].map(list));
    // The one that was awake has no hole where the process was changed.
    expect(madeOf(playlists[0] as MediaPlaylist)).toMatch(/^-*M+$/);
    await expectSameStarts(playlists);

    await big.stop();
    await vi.waitFor(() => expect(encoders().map(({ rungs }) => rungs)).toEqual([1, 1]), { timeout: 15_000 });
    await small.stop();
    await vi.waitFor(() => expect(encoders()).toEqual(base), { timeout: 15_000 });
    for (const name of ["source", "72p"]) expect(madeOf(await list(name))).toMatch(/^M+$/);
  });

  it("wake again where they had slept, under the stream's numbers", { timeout: 30_000 }, async () => {
    const before = (await list("72p")).segments.at(-1)?.seq ?? 0;
    const playlist = await woken("120p");
    expect(madeOf(playlist)).toMatch(/^-*M+-+M+$/);
    expect(playlist.segments.at(-1)?.seq).toBeGreaterThan(before);
    const maps = new Set(media(playlist).map(({ map }) => map));
    expect(maps.size).toBe(1);
    expect((await fetch([...maps][0] ?? "")).status).toBe(200);
  });

  it("stay awake by heartbeats alone", { timeout: 30_000 }, async () => {
    const visitor = new TrpcCaller(server.url);
    await woken("90p");
    for (const endAt = performance.now() + 2 * IDLE_S * 1_000; performance.now() < endAt; ) {
      const beat = { streamId: stream.id, viewerId: "viewer-one", quality: "90p" };
      await visitor.mutate("viewers.heartbeat", beat);
      await new Promise((resolve) => setTimeout(resolve, 500));
    }
    expect(encoders()).toHaveLength(2);
    await vi.waitFor(() => expect(encoders()).toHaveLength(1), { timeout: 15_000 });
  });

  it("are held for the standard tier until they have a segment", { timeout: 60_000 }, async () => {
    await stream.publisher.stop();
    const other = await goLive(server, "bob");
    const { hls } = (await other.user.playback(other.id)).playback_urls;
    const { variants } = await new HlsClient(hls ?? "").master();
    const sleeping = variants.find(({ uri }) => uri.includes("/120p/"));
    expect(sleeping?.attributes["RESOLUTION"]).toBe("214x120");
    const answer = await fetch(sleeping?.uri ?? "");
    expect(answer.status).toBe(200);
    const playlist = await readPlaylist(sleeping?.uri ?? "");
    expect(madeOf(playlist)).toMatch(/^-*M+$/);
    const init = await fetch(playlist.segments.at(-1)?.map ?? "");
    const announced = /avc1\.(\w{6})/.exec(sleeping?.attributes["CODECS"] ?? "")?.[1];
    const bytes = Buffer.from(await init.arrayBuffer());
    const record = bytes.subarray(bytes.indexOf("avcC") + 4);
    expect(record.subarray(1, 4).toString("hex")).toBe(announced);
    await other.publisher.stop();
  });
});
