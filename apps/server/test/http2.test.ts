import { execFile } from "node:child_process";
import { once } from "node:events";
import { readFile } from "node:fs/promises";
import { type ClientHttp2Session, connect, constants, type IncomingHttpHeaders } from "node:http2";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { promisify } from "node:util";
import { gunzipSync } from "node:zlib";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { freePort } from "../src/testing/free-port.ts";
import { parseMediaPlaylist } from "../src/testing/media-playlist-reader.ts";
import { RealtimeClient } from "../src/testing/realtime-client.ts";
import { TestServer } from "../src/testing/test-server.ts";
import {
  goLive,
  type LowLatencyStream,
  renditionUrls,
  SMALL_LADDER,
  untilSegment,
} from "./low-latency-tools.ts";

/** The low-latency tier as Safari takes it: HTTP/2 over TLS, all of a player's requests on one connection. */
const run = promisify(execFile);
const rootFolder = fileURLToPath(new URL("../../..", import.meta.url));

let server: TestServer;
let stream: LowLatencyStream;
let session: ClientHttp2Session;
let secure: string;
let certPath: string;
/** Path of a low-latency media playlist. */
let list: string;

beforeAll(async () => {
  const httpsPort = await freePort();
  const dataDir = await run("mktemp", ["-d"]).then(({ stdout }) => stdout.trim());
  const { stdout } = await run(process.execPath, [join(rootFolder, "scripts/tls.mjs")], {
    env: { ...process.env, DATA_DIR: dataDir },
  });
  // What the command says to set is what is set.
  const tls = Object.fromEntries(
    [...stdout.matchAll(/^ {2}(TLS_\w+)=(.+)$/gm)].map(([, name, path]) => [name, path]),
  );
  certPath = tls["TLS_CERT"] ?? "";
  server = await TestServer.start({
    ...tls,
    HTTPS_PORT: String(httpsPort),
    RTMPS_PORT: String(await freePort()),
    LADDER: SMALL_LADDER,
    LOG_LEVEL: "warn",
  });
  secure = `https://localhost:${httpsPort}`;
  stream = await goLive(server, "ada");
  list = new URL((await renditionUrls(stream.url)).get("90p") ?? "").pathname;
  session = connect(secure, { ca: await readFile(certPath) });
  await once(session, "connect");
});
afterAll(async () => {
  session?.destroy();
  await stream?.publisher.kill();
  await server?.[Symbol.asyncDispose]();
});

interface Answer {
  readonly status: number;
  readonly headers: IncomingHttpHeaders;
  readonly body: Buffer;
}

async function ask(path: string, headers: Record<string, string> = {}): Promise<Answer> {
  const request = session.request({ ":path": path, ...headers });
  const [answered] = (await once(request, "response")) as [IncomingHttpHeaders & { ":status"?: number }];
  const chunks: Buffer[] = [];
  for await (const chunk of request) chunks.push(chunk as Buffer);
  return { status: answered[":status"] ?? 0, headers: answered, body: Buffer.concat(chunks) };
}

const read = async (query = "") => {
  const { status, body } = await ask(list + query);
  expect(status, body.toString()).toBe(200);
  return parseMediaPlaylist(body.toString(), secure + list);
};

describe("HTTP/2 over TLS, with the certificate of npm run tls", () => {
  it("is what is spoken", () => {
    expect(session.alpnProtocol).toBe("h2");
  });

  it("gives playlists compressed, and blocks reloads", async () => {
    await untilSegment(`${server.url}${list}`, 0);
    const { headers, body } = await ask(list, { "accept-encoding": "gzip" });
    expect(headers["content-encoding"]).toBe("gzip");
    expect(gunzipSync(body).toString()).toMatch(/^#EXTM3U\n/);
    const { open } = await read();
    const next = await read(`?_HLS_msn=${open.seq + 1}&_HLS_part=0`);
    expect([next.open.seq, next.open.parts.length > 0], next.text).toEqual([open.seq + 1, true]);
    expect((await ask(`${list}?_HLS_part=1`)).status).toBe(400);
  });

  it("holds many requests on one connection without holding up the others", async () => {
    const { open, preloadHint, segments } = await read(
      `?_HLS_msn=${(await read()).open.seq + 1}&_HLS_part=0`,
    );
    const hint = new URL(preloadHint?.uri ?? "").pathname;
    let answered = 0;
    // A whole segment ahead: held for seconds.
    const held = Array.from({ length: 60 }, () =>
      ask(`${list}?_HLS_msn=${open.seq + 1}`).then((answer) => {
        answered += 1;
        return answer;
      }),
    );
    const [part, whole] = await Promise.all([ask(hint), ask(new URL(segments.at(-1)?.uri ?? "").pathname)]);
    expect([part.status, whole.status]).toEqual([200, 200]);
    expect(answered).toBe(0);
    expect(part.body.equals((await ask(hint)).body)).toBe(true);
    const bodies = new Set((await Promise.all(held)).map(({ status, body }) => `${status} ${body}`));
    expect(bodies.size).toBe(1);
  });

  it("lets a request go that its client cancels", async () => {
    const blocked = async () =>
      /^footlight_blocked_requests (\d+)/m.exec((await ask("/metrics")).body.toString())?.[1];
    const { open } = await read();
    const request = session.request({ ":path": `${list}?_HLS_msn=${open.seq + 1}` });
    await expect.poll(blocked).toBe("1");
    // As browsers and AVPlayer do it.
    request.close(constants.NGHTTP2_CANCEL);
    await expect.poll(blocked).toBe("0");
  });

  it("is what curl speaks, too", async () => {
    const format = "%{http_version} %{http_code} %{content_type}";
    const args = ["-sS", "--http2", "--cacert", certPath, "--compressed", "-o", "/dev/null", "-w", format];
    const { stdout } = await run("curl", [...args, `${secure}${list}`]);
    expect(stdout).toBe("2 200 application/vnd.apple.mpegurl");
    const { stdout: old } = await run("curl", [...args, "--http1.1", `${secure}${list}`]);
    expect(old).toBe("1.1 200 application/vnd.apple.mpegurl");
  });

  it("carries /realtime beside it, by HTTP/1.1", async () => {
    using client = await RealtimeClient.connect(secure);
    expect(await client.welcome()).toEqual({ kind: "visitor" });
  });
});
