import { execFile } from "node:child_process";
import { promisify } from "node:util";
import {
  childrenOf,
  type ReadMpd,
  type ReadPeriod,
  type ReadRepresentation,
  readMpd,
} from "@footlight/protocols/testing/mpd-reader.ts";
import { afterAll, beforeAll, describe, expect, it, vi } from "vitest";
import { FfmpegPublisher } from "../src/testing/ffmpeg-publisher.ts";
import { readPlaylist } from "../src/testing/hls-client.ts";
import { TestServer } from "../src/testing/test-server.ts";
import {
  bytesOf,
  decodeStartS,
  goLive,
  SMALL_LADDER,
  sourceArgs,
  untilSegment,
} from "./low-latency-tools.ts";
import { FFMPEG } from "./publisher-tools.ts";

/** DASH as its clients see it: one stream of a real encoder, spoken to from outside. */
let server: TestServer;
let stream: Awaited<ReturnType<typeof goLive>>;
let url: string;

beforeAll(async () => {
  server = await TestServer.start({ LADDER: SMALL_LADDER, LOG_LEVEL: "warn" });
  stream = await goLive(server, "ada");
  url = (await stream.user.playback(stream.id)).playback_urls.dash ?? "";
});
afterAll(async () => {
  await stream?.publisher.kill();
  await server?.[Symbol.asyncDispose]();
});

const manifest = async (): Promise<ReadMpd> => readMpd((await bytesOf(url)).toString(), url);
const only = <T>(list: readonly T[]): T => {
  expect(list).toHaveLength(1);
  return list[0] as T;
};
const namedIn = (period: ReadPeriod | undefined, id: string): ReadRepresentation => {
  const found = period?.representations.find((each) => each.id === id);
  if (found === undefined) throw new Error(`no ${id}`);
  return found;
};

/** Number of the newest segment that is over, by the presentation's clock. */
function newestWhole(
  mpd: ReadMpd,
  period: ReadPeriod,
  { firstNumber, segmentS }: ReadRepresentation,
): number {
  const nowS = (Date.now() - mpd.availabilityStartMs) / 1_000;
  const passedS = Math.min(nowS, period.endS) - period.startS;
  return (
    firstNumber +
    (period.endS < nowS ? Math.ceil(passedS / segmentS - 1e-6) : Math.floor(passedS / segmentS)) -
    1
  );
}

/** Reads an answer piece by piece. */
async function* piecesOf(address: string): AsyncGenerator<Uint8Array> {
  const answer = await fetch(address);
  expect(answer.status, address).toBe(200);
  expect(answer.headers.get("content-length")).toBeNull();
  yield* answer.body as unknown as AsyncIterable<Uint8Array>;
}

describe("a live manifest", () => {
  it("is served as one, compressed, and again only when it has changed", async () => {
    const answer = await fetch(url);
    expect(answer.status).toBe(200);
    expect(answer.headers.get("content-type")).toBe("application/dash+xml");
    expect(answer.headers.get("content-encoding")).toBe("gzip");
    expect(answer.headers.get("access-control-allow-origin")).toBe("*");
    await answer.arrayBuffer();
    // It changes while bitrates are learnt, so the tag that counts is that of the moment.
    await vi.waitFor(
      async () => {
        const etag = (await fetch(url, { method: "HEAD" })).headers.get("etag") ?? "";
        expect((await fetch(url, { headers: { "if-none-match": etag } })).status).toBe(304);
      },
      { timeout: 10_000 },
    );
  });

  it("names a clock that can be read", async () => {
    const { root } = await manifest();
    const { value = "" } = only(childrenOf(root, "UTCTiming")).attributes;
    const told = await (await fetch(new URL(value, url))).text();
    expect(told).toMatch(/^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{3}Z$/);
  });

  it("has every rendition, and each segment that the clock says is there", async () => {
    await vi.waitFor(
      async () => {
        const mpd = await manifest();
        const period = only(mpd.periods);
        expect(newestWhole(mpd, period, namedIn(period, "90p"))).toBeGreaterThanOrEqual(2);
      },
      { timeout: 20_000, interval: 250 },
    );
    const mpd = await manifest();
    const period = only(mpd.periods);
    expect(period.representations.map(({ id }) => id).sort()).toEqual(["72p", "90p", "audio", "source"]);
    for (const rendition of period.representations) {
      expect((await bytesOf(rendition.initUrl)).toString("latin1", 4, 8)).toBe("ftyp");
      for (let number = rendition.firstNumber; number <= newestWhole(mpd, period, rendition); number += 1) {
        const startS = await decodeStartS({ uri: rendition.urlOf(number) });
        const nominalS = rendition.mediaStartS + (number - rendition.firstNumber) * rendition.segmentS;
        // Sound is cut within one of its frames of the same points.
        expect(Math.abs(startS - nominalS)).toBeLessThan(rendition.kind === "audio" ? 0.022 : 0.0001);
      }
    }
  });

  it("tells the wall clock that the segments themselves tell", async () => {
    const mpd = await manifest();
    const { segments } = await readPlaylist(url.replace("manifest.mpd", "90p/index.m3u8"));
    const set = childrenOf(only(childrenOf(mpd.root, "Period")), "AdaptationSet")[0];
    const told = childrenOf(set ?? mpd.root, "ProducerReferenceTime")[0]?.attributes["wallClockTime"] ?? "";
    const rendition = namedIn(only(mpd.periods), "90p");
    const newest = segments.at(-1);
    const nominalMs = ((newest?.seq ?? 0) - rendition.firstNumber) * rendition.segmentS * 1_000;
    expect(Math.abs(Date.parse(told) + nominalMs - (newest?.programDateMs ?? 0))).toBeLessThan(50);
  });
});

describe.concurrent("a segment that is being made", () => {
  it.each(["source", "90p", "audio"])("is given out in the pieces that it is made in: %s", async (name) => {
    const playlist = url.replace("manifest.mpd", `${name}/index.m3u8`);
    const listed = (await readPlaylist(playlist)).segments.at(-1)?.seq ?? Number.NaN;
    // The one that is open now, and the next one, which has not begun.
    for (const number of [listed + 1, listed + 2]) {
      const address = namedIn((await manifest()).periods.at(-1), name).urlOf(number);
      const pieces: Uint8Array[] = [];
      for await (const piece of piecesOf(address)) {
        if (pieces.length === 0 && number === listed + 2) {
          const whole = (await readPlaylist(playlist)).segments.at(-1)?.seq;
          expect(whole, "the first piece came before the segment was whole").toBeLessThan(number);
        }
        pieces.push(piece);
      }
      if (number === listed + 2) expect(pieces.length).toBeGreaterThanOrEqual(5);
      expect(Buffer.concat(pieces).equals(await bytesOf(address)), "it is the segment, byte for byte").toBe(
        true,
      );
    }
  });

  it("is waited for when it is the next, and not when it is any other", async () => {
    const { seq = 0 } =
      (await readPlaylist(url.replace("manifest.mpd", "90p/index.m3u8"))).segments.at(-1) ?? {};
    const rendition = namedIn((await manifest()).periods.at(-1), "90p");
    for (const number of [seq + 5, seq + 500]) {
      expect((await fetch(rendition.urlOf(number))).status).toBe(404);
    }
    expect((await fetch(rendition.urlOf(seq + 1).replace("90p", "91p"))).status).toBe(404);
    const head = await fetch(rendition.urlOf(seq + 1), { method: "HEAD" });
    expect(head.status).toBe(200);
  });
});

it.concurrent("is read for 12 s by ffmpeg, without a complaint", async () => {
  await untilSegment(url.replace("manifest.mpd", "90p/ll.m3u8"), 4);
  const { stdout, stderr } = await promisify(execFile)(
    FFMPEG,
    [
      ...["-hide_banner", "-loglevel", "error", "-i", url, "-map", "0:v", "-map", "0:a", "-t", "12"],
      ...["-c", "copy", "-f", "framehash", "-hash", "adler32", "-"],
    ],
    { timeout: 60_000, maxBuffer: 8 * 1024 * 1024 },
  );
  expect(stderr).toBe("");
  const packets = stdout.split("\n").flatMap((line) => {
    const match = /^(\d+),\s*(-?\d+),\s*(-?\d+),\s*(\d+),/.exec(line);
    return match === null
      ? []
      : [{ track: Number(match[1]), dts: Number(match[2]), duration: Number(match[4]) }];
  });
  const tracks = [...new Set(packets.map(({ track }) => track))];
  expect(tracks).toHaveLength(4);
  for (const track of tracks) {
    const of = packets.filter((each) => each.track === track);
    expect(of.length).toBeGreaterThan(12 * 29);
    of.slice(1).forEach(({ dts }, i) => {
      expect(dts).toBeGreaterThan(of[i]?.dts ?? 0);
    });
  }
}, 90_000);

describe("an encoder that was away", () => {
  it("goes on in a Period of its own; once it is over the manifest is static and whole", async () => {
    await stream.publisher.kill();
    const publisher = FfmpegPublisher.start(FFMPEG, sourceArgs(), server.rtmpUrl(stream.key));
    try {
      await vi.waitFor(
        async () => {
          const mpd = await manifest();
          const period = mpd.periods[1];
          expect(newestWhole(mpd, period as ReadPeriod, namedIn(period, "90p"))).toBeGreaterThan(
            namedIn(period, "90p").firstNumber,
          );
        },
        { timeout: 30_000, interval: 250 },
      );
      await stream.user.endStream(stream.id);
    } finally {
      await publisher.kill();
    }
    await vi.waitFor(async () => expect((await manifest()).type).toBe("static"), { timeout: 10_000 });
    const mpd = await manifest();
    expect(mpd.periods).toHaveLength(2);
    const [first, second] = mpd.periods;
    expect(first?.endS).toBeLessThan(second?.startS ?? 0);
    const length = Number(/^PT([\d.]+)S$/.exec(mpd.root.attributes["mediaPresentationDuration"] ?? "")?.[1]);
    expect(second?.endS).toBeCloseTo(length, 5);
    let next = 0;
    for (const period of mpd.periods) {
      for (const { firstNumber, segmentS, initUrl, urlOf } of period.representations) {
        expect(firstNumber).toBe(next);
        await bytesOf(initUrl);
        const count = Math.ceil((period.endS - period.startS) / segmentS - 1e-6);
        for (let number = firstNumber; number < firstNumber + count; number += 1)
          await bytesOf(urlOf(number));
      }
      const { firstNumber, segmentS } = namedIn(period, "90p");
      next = firstNumber + Math.ceil((period.endS - period.startS) / segmentS - 1e-6);
    }
    const listed = (await readPlaylist(url.replace("manifest.mpd", "90p/index.m3u8"))).segments;
    expect(next, "all that HLS lists").toBe((listed.at(-1)?.seq ?? 0) + 1);
  });
});
