import { createServer, type RequestListener, type Server } from "node:http";
import type { AddressInfo } from "node:net";
import { afterEach, describe, expect, it } from "vitest";
import { testUpload } from "./upload-test.ts";

const servers: Server[] = [];
afterEach(() => {
  for (const server of servers.splice(0)) {
    server.closeAllConnections();
    server.close();
  }
});

async function sink(handler: RequestListener) {
  const server = createServer(handler);
  servers.push(server);
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  return { url: `http://127.0.0.1:${(server.address() as AddressInfo).port}/`, token: "t" };
}

const open = () => new AbortController().signal;

describe("testUpload", () => {
  it("believes the sink, and asks for more until an upload lasted long enough", async () => {
    const asked: number[] = [];
    // Says that the line carries 8 Mbps at first, and 16 Mbps once TCP has found its pace.
    const to = await sink(async (request, response) => {
      const chunks: Buffer[] = await request.toArray();
      const bytes = chunks.reduce((sum, each) => sum + each.length, 0);
      asked.push(bytes);
      const duration_ms = bytes / (asked.length === 1 ? 1_000 : 2_000);
      response.end(JSON.stringify({ bytes, duration_ms, bps: 1 }));
    });
    const shown: number[] = [];
    const result = await testUpload(to, ({ progress }) => shown.push(progress), open());
    expect(result).toEqual({ result: "measured", bps: 16_000_000, bytes: 4_000_000 });
    expect(asked).toEqual([262_144, 4_000_000]);
    expect(shown).toEqual([...shown].sort((a, b) => a - b));
    expect(Math.max(0, ...shown)).toBeLessThanOrEqual(1);
  });

  it("keeps what it knows when the server has had enough in the middle", async () => {
    let uploads = 0;
    const to = await sink(async (request, response) => {
      const chunks: Buffer[] = await request.toArray();
      const bytes = chunks.reduce((sum, each) => sum + each.length, 0);
      if (uploads++ > 0) response.writeHead(429, { "retry-after": "9" }).end();
      else response.end(JSON.stringify({ bytes, duration_ms: 262, bps: 1 }));
    });
    const result = await testUpload(to, () => {}, open());
    expect(result).toEqual({ result: "measured", bps: 8_004_397, bytes: 262_144 });
  });

  it("ends where the sink has had enough, and with a line that is endlessly fast", async () => {
    const to = await sink(async (request, response) => {
      let bytes = 0;
      for await (const chunk of request) bytes += (chunk as Buffer).length;
      response.end(JSON.stringify({ bytes, duration_ms: 0, bps: 0 }));
    });
    const result = await testUpload(to, () => {}, open());
    expect(result).toMatchObject({ result: "measured", bytes: 24 * 1024 * 1024 });
    expect(result).toHaveProperty(
      "bps",
      expect.toSatisfy((bps: number) => bps > 1e9),
    );
  });

  it.each([
    [401, {}, { fault: "signed_out", retryAfterS: null }],
    [429, { "retry-after": "17" }, { fault: "too_often", retryAfterS: 17 }],
    [429, {}, { fault: "too_often", retryAfterS: 60 }],
    [404, {}, { fault: "no_sink", retryAfterS: null }],
    [200, {}, { fault: "no_sink", retryAfterS: null }],
  ])("tells what %i with %j means", async (status, headers, expected) => {
    const to = await sink((_request, response) => response.writeHead(status, headers).end("{}"));
    expect(await testUpload(to, () => {}, open())).toEqual({ result: "failed", ...expected });
  });

  it("says when nobody answers, and when the line is cut", async () => {
    const to = await sink((request) => request.once("data", () => request.socket.destroy()));
    const unreachable = { result: "failed", fault: "unreachable", retryAfterS: null };
    expect(await testUpload(to, () => {}, open())).toEqual(unreachable);
    servers.splice(0)[0]?.close();
    expect(await testUpload(to, () => {}, open())).toEqual(unreachable);
  });

  it("stops at once when it is cancelled", async () => {
    const stop = new AbortController();
    const to = await sink((request) => request.once("data", () => stop.abort()));
    expect(await testUpload(to, () => {}, stop.signal)).toEqual({ result: "cancelled" });
    expect(await testUpload(to, () => {}, stop.signal)).toEqual({ result: "cancelled" });
  });
});
