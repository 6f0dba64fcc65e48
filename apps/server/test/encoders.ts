import { expect, vi } from "vitest";
import { FfmpegPublisher } from "../src/testing/ffmpeg-publisher.ts";
import type { MediaPlaylist } from "../src/testing/hls-client.ts";
import type { RestClient } from "../src/testing/rest-client.ts";
import type { TestServer } from "../src/testing/test-server.ts";
import { sourceArgs } from "./low-latency-tools.ts";
import { FFMPEG } from "./publisher-tools.ts";

/** One encoder after the other, or beside it, of one channel; none is left when the test is over. */
export class Encoders implements AsyncDisposable {
  readonly #all: FfmpegPublisher[] = [];

  start(server: TestServer, key: string): FfmpegPublisher {
    const publisher = FfmpegPublisher.start(FFMPEG, sourceArgs(), server.rtmpUrl(key));
    this.#all.push(publisher);
    return publisher;
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await Promise.all(this.#all.map((publisher) => publisher.kill()));
  }
}

/** Program date-times, over every break. */
export function expectDatesRise(playlists: readonly MediaPlaylist[]): void {
  for (const { segments, text } of playlists) {
    for (const [i, { programDateMs = 0 }] of segments.entries()) {
      if (i > 0) expect(programDateMs, text).toBeGreaterThan(segments[i - 1]?.programDateMs ?? 0);
    }
  }
}

/** What the interface says of a stream follows what its playlists say. */
export function becomes(
  user: RestClient,
  id: string,
  status: "live" | "interrupted" | "ended",
): Promise<void> {
  return vi.waitFor(async () => expect((await user.stream(id)).status).toBe(status), { timeout: 5_000 });
}
