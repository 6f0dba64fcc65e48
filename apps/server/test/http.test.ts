import { mkdir, mkdtemp, rm, writeFile } from "node:fs/promises";
import { type IncomingMessage, request, type ServerResponse } from "node:http";
import { connect as connectHttp2 } from "node:http2";
import { get as httpsGet } from "node:https";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { gzipSync } from "node:zlib";
import { Problem } from "@footlight/shared";
import type { FastifyInstance } from "fastify";
import { pino } from "pino";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { loadConfig } from "../src/config/config.ts";
import { Health } from "../src/http/health.ts";
import { HttpServer, type HttpServerOptions } from "../src/http/http-server.ts";
import { createMetrics } from "../src/platform/metrics.ts";
import { rawExchange, tlsFiles } from "./http-tools.ts";

const logger = pino({ level: "silent" });
let base: string;
let webRoot: string;
let server: HttpServer;
let url: string;
const held = new Set<ServerResponse>();

async function api(app: FastifyInstance): Promise<void> {
  app.get("/api/v1/things/:id", async () => ({ ok: true }));
  app.post("/api/v1/things", async (req) => ({ got: req.body ?? null }));
  app.get("/api/v1/broken", async () => {
    throw new Error("SELECT secret FROM users");
  });
}

function media(req: IncomingMessage, res: ServerResponse): boolean {
  if (req.url === "/media/file") res.end("bytes");
  else if (req.url === "/media/held") held.add(res);
  else if (req.url === "/media/throws") throw new Error("broken");
  else return false;
  return true;
}

function start(env: Record<string, string> = {}, more: Partial<HttpServerOptions> = {}): Promise<HttpServer> {
  const config = loadConfig({ HOST: "127.0.0.1", PORT: "0", HTTPS_PORT: "0", ...env });
  return HttpServer.create({
    config: config.http,
    tls: config.tls,
    logger,
    mediaHandler: media,
    api,
    webRoot,
    health: new Health({ logger }),
    metrics: createMetrics({ processMetrics: false }),
    ...more,
  });
}

beforeAll(async () => {
  base = await mkdtemp(join(tmpdir(), "footlight-http-"));
  webRoot = join(base, "dist");
  await mkdir(join(webRoot, "assets"), { recursive: true });
  await writeFile(join(base, "secret.txt"), "outside");
  await writeFile(join(webRoot, "index.html"), "<!doctype html><title>app</title>");
  await writeFile(join(webRoot, "index.html.gz"), gzipSync("<!doctype html><title>app</title>"));
  await writeFile(join(webRoot, "assets", "app-1a2b.js"), "export {};");
  await writeFile(join(webRoot, "favicon.svg"), "<svg/>");
  server = await start();
  url = `http://127.0.0.1:${server.ports.http}`;
});
afterAll(async () => {
  await server[Symbol.asyncDispose]();
  await rm(base, { recursive: true, force: true });
});

async function expectProblem(res: Response, status: number, code: string): Promise<void> {
  expect(res.status).toBe(status);
  expect(res.headers.get("content-type")).toContain("application/problem+json");
  expect(res.headers.get("cache-control")).toBe("no-store");
  const text = await res.text();
  expect(Problem.parse(JSON.parse(text))).toMatchObject({ status, code });
  expect(text).not.toMatch(/ at |node_modules|SELECT/);
}

describe("pages", () => {
  it.each(["/", "/somebody", "/browse/games", "/index.html"])("gives the app at %s", async (path) => {
    const res = await fetch(url + path, { headers: { accept: "text/html" } });
    expect(res.status).toBe(200);
    expect(res.headers.get("content-type")).toContain("text/html");
    expect(res.headers.get("cache-control")).toBe("no-cache");
    expect(await res.text()).toContain("<title>app</title>");
  });

  it("carries the security headers", async () => {
    const { headers } = await fetch(`${url}/somebody`);
    const csp = headers.get("content-security-policy") ?? "";
    expect(csp).toContain("script-src 'self';");
    expect(csp).toContain("frame-ancestors 'none'");
    expect(csp).toContain(`ws://127.0.0.1:${server.ports.http}`);
    expect(csp).not.toContain("unsafe-inline");
    expect(headers.get("x-content-type-options")).toBe("nosniff");
    expect(headers.get("x-frame-options")).toBe("DENY");
    expect(headers.get("referrer-policy")).toBe("strict-origin-when-cross-origin");
    expect(headers.get("permissions-policy")).toContain("geolocation=()");
    expect(headers.get("strict-transport-security")).toBeNull();
    expect(headers.get("x-powered-by")).toBeNull();
  });

  it("sends what is compressed already, under the rules of what it is", async () => {
    const res = await fetch(`${url}/somebody`, { headers: { "accept-encoding": "br, gzip" } });
    expect(res.headers.get("content-encoding")).toBe("gzip");
    expect(res.headers.get("vary")).toContain("accept-encoding");
    expect(res.headers.get("content-type")).toContain("text/html");
    expect(res.headers.get("cache-control")).toBe("no-cache");
    expect(await res.text()).toContain("<title>app</title>");
  });

  it("keeps hashed files for ever and others for an hour", async () => {
    const script = await fetch(`${url}/assets/app-1a2b.js`);
    expect(script.headers.get("cache-control")).toBe("public, max-age=31536000, immutable");
    expect(script.headers.get("content-type")).toContain("javascript");
    expect((await fetch(`${url}/favicon.svg`)).headers.get("cache-control")).toBe("public, max-age=3600");
  });

  it("answers HEAD like GET without a body", async () => {
    for (const path of ["/", "/somebody", "/assets/app-1a2b.js", "/healthz"]) {
      const [head, get] = await Promise.all([fetch(url + path, { method: "HEAD" }), fetch(url + path)]);
      expect(head.status).toBe(200);
      expect(head.headers.get("content-length")).toBe(get.headers.get("content-length"));
      expect(await head.text()).toBe("");
    }
  });

  it("is no fallback for files, machines and other methods", async () => {
    await expectProblem(await fetch(`${url}/assets/gone-1a2b.js`), 404, "not_found");
    await expectProblem(await fetch(`${url}/.env`), 404, "not_found");
    await expectProblem(
      await fetch(`${url}/somebody`, { headers: { accept: "application/json" } }),
      404,
      "not_found",
    );
    await expectProblem(await fetch(`${url}/somebody`, { method: "POST" }), 404, "not_found");
    await expectProblem(await fetch(`${url}/api/v1/nothing`), 404, "not_found");
    await expectProblem(await fetch(`${url}/trpc`), 404, "not_found");
    await expectProblem(await fetch(`${url}/media/nothing`), 404, "not_found");
  });

  it("says so where it is not built", async () => {
    await using bare = await start({}, { webRoot: join(base, "nowhere") });
    await expectProblem(await fetch(`http://127.0.0.1:${bare.ports.http}/`), 503, "unavailable");
  });

  it.each([
    "/../secret.txt",
    "/assets/../../secret.txt",
    "/%2e%2e/secret.txt",
    "/assets/..%2f..%2fsecret.txt",
    "/assets/..%5c..%5csecret.txt",
    "//secret.txt",
    "/assets/%00.txt",
    "/assets//etc/passwd.txt",
  ])("does not leave its folder for %s", async (path) => {
    const answer = await rawExchange(
      server.ports.http,
      `GET ${path} HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n`,
    );
    expect(answer).toMatch(/^HTTP\/1.1 40[04] /);
    expect(answer).not.toContain("outside");
  });
});

describe("faults", () => {
  const post = (body: string, type = "application/json") =>
    fetch(`${url}/api/v1/things`, { method: "POST", body, headers: { "content-type": type } });

  it("names bad bodies", async () => {
    await expectProblem(await post("{"), 400, "invalid_json");
    await expectProblem(await post('{"__proto__":{"admin":true}}'), 400, "invalid_json");
    await expectProblem(await post("[".repeat(100_000) + "]".repeat(100_000)), 400, "invalid_json");
    await expectProblem(await post(JSON.stringify("x".repeat(300_000))), 413, "payload_too_large");
    await expectProblem(
      await post("a=b", "application/x-www-form-urlencoded"),
      415,
      "unsupported_media_type",
    );
    await expectProblem(await post("text", "text/plain"), 415, "unsupported_media_type");
  });

  it("takes an empty JSON body for none", async () => {
    expect(await (await post("")).json()).toEqual({ got: null });
  });

  it("names the methods that a path takes", async () => {
    const res = await fetch(`${url}/api/v1/things/7`, { method: "DELETE" });
    expect(res.headers.get("allow")).toBe("GET, HEAD");
    await expectProblem(res, 405, "method_not_allowed");
    await expectProblem(await fetch(`${url}/healthz`, { method: "POST" }), 405, "method_not_allowed");
  });

  it("hides what went wrong inside", async () => {
    await expectProblem(await fetch(`${url}/api/v1/broken`), 500, "internal_error");
    await expectProblem(await fetch(`${url}/media/throws`), 500, "internal_error");
  });

  it("answers malformed and endless addresses", async () => {
    const malformed = await rawExchange(
      server.ports.http,
      "GET /api/%zz HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n",
    );
    expect(malformed).toMatch(/^HTTP\/1.1 400 [\s\S]*problem\+json/);
    const endless = await rawExchange(
      server.ports.http,
      `GET /${"a".repeat(20_000)} HTTP/1.1\r\nHost: x\r\n\r\n`,
    );
    expect(endless).toMatch(/^HTTP\/1.1 431 [\s\S]*problem\+json/);
  });

  it.each([
    ["noise", Buffer.from(Array.from({ length: 4_000 }, (_, i) => (i * 37) % 256))],
    ["a TLS greeting", Buffer.from("16030100c8010000c40303", "hex")],
    ["two lengths", "POST / HTTP/1.1\r\nHost: x\r\nContent-Length: 1\r\nTransfer-Encoding: chunked\r\n\r\n"],
    ["a bad header", "GET / HTTP/1.1\r\nHost: x\r\nbad header\r\n\r\n"],
    ["no host", "GET / HTTP/1.1\r\n\r\n"],
  ])("shows %s the door and serves others", async (_name, bytes) => {
    expect(await rawExchange(server.ports.http, bytes)).toMatch(/^HTTP\/1.1 400 /);
    expect((await fetch(`${url}/healthz`)).status).toBe(200);
  });
});

describe("operations", () => {
  it("tells readiness by its checks", async () => {
    const health = new Health({ logger, reuseMs: 0 });
    let works = true;
    health.add("database", () => {
      if (!works) throw new Error("down");
    });
    await using one = await start({}, { health });
    const ready = () => fetch(`http://127.0.0.1:${one.ports.http}/readyz`);
    expect(await (await ready()).json()).toEqual({ status: "ready", checks: { database: "ok" } });
    works = false;
    const res = await ready();
    expect(res.status).toBe(503);
    expect(await res.json()).toEqual({ status: "not_ready", checks: { database: "failed" } });
  });

  it("counts answers by route, not by path", async () => {
    await fetch(`${url}/api/v1/things/some-id`);
    const text = await (await fetch(`${url}/metrics`)).text();
    expect(text).toContain(
      'footlight_http_requests_total{method="GET",route="/api/v1/things/:id",status="2xx"}',
    );
    expect(text).not.toContain("some-id");
  });

  it("logs no query and no authorization", async () => {
    const lines: string[] = [];
    const spy = pino({ level: "trace" }, { write: (line: string) => void lines.push(line) });
    await using one = await start({}, { logger: spy });
    await fetch(`http://127.0.0.1:${one.ports.http}/api/v1/broken?token=hunter2`, {
      headers: { authorization: "Bearer hunter2" },
    });
    expect(lines.join("")).toContain("/api/v1/broken");
    expect(lines.join("")).not.toContain("hunter2");
  });

  it("believes forwarded addresses only of proxies it knows", async () => {
    const echo = async (app: FastifyInstance) => {
      app.get("/api/ip", async (req) => ({ ip: req.ip, protocol: req.protocol }));
    };
    const headers = { "x-forwarded-for": "203.0.113.9", "x-forwarded-proto": "https" };
    await using plain = await start({}, { api: echo });
    const direct = await fetch(`http://127.0.0.1:${plain.ports.http}/api/ip`, { headers });
    expect(await direct.json()).toEqual({ ip: "127.0.0.1", protocol: "http" });
    await using behind = await start({ TRUST_PROXY: "127.0.0.1" }, { api: echo });
    const proxied = await fetch(`http://127.0.0.1:${behind.ports.http}/api/ip`, { headers });
    expect(await proxied.json()).toEqual({ ip: "203.0.113.9", protocol: "https" });
    expect(proxied.headers.get("strict-transport-security")).toContain("max-age=");
  });
});

describe("listening and closing", () => {
  it("says which variable to change when its port is taken, and keeps nothing open", async () => {
    await expect(start({ PORT: String(server.ports.http) })).rejects.toMatchObject({
      code: "port_taken",
      message: expect.stringMatching(/^Port \d+ \(PORT\) is taken by another program/),
    });
  });

  it("speaks HTTP/2 and HTTP/1.1 under TLS", async () => {
    const tls = await tlsFiles(base);
    await using secure = await start({ TLS_CERT: tls.cert, TLS_KEY: tls.key });
    const session = connectHttp2(`https://127.0.0.1:${secure.ports.https}`, { rejectUnauthorized: false });
    const get = (path: string) =>
      new Promise<[number, string, unknown]>((resolve, reject) => {
        const stream = session.request({ ":path": path });
        let body = "";
        let status = 0;
        let hsts: unknown;
        stream.on("response", (headers) => {
          status = Number(headers[":status"]);
          hsts = headers["strict-transport-security"];
        });
        stream.on("data", (data) => {
          body += data;
        });
        stream.on("end", () => resolve([status, body, hsts])).on("error", reject);
      });
    expect(await get("/media/file")).toEqual([200, "bytes", undefined]);
    const [status, body, hsts] = await get("/somebody");
    expect([status, body]).toEqual([200, expect.stringContaining("<title>app</title>")]);
    expect(hsts).toContain("max-age=");
    session.close();
    const older = await new Promise((resolve, reject) => {
      const options = {
        port: secure.ports.https,
        path: "/media/file",
        rejectUnauthorized: false,
        agent: false,
      };
      httpsGet(options, (res) => resolve(`${res.httpVersion} ${res.statusCode}`)).on("error", reject);
    });
    expect(older).toBe("1.1 200");
  });

  it("refuses a certificate that is none", async () => {
    const path = join(base, "no.pem");
    await writeFile(path, "no certificate");
    await expect(start({ TLS_CERT: path, TLS_KEY: path })).rejects.toMatchObject({ code: "tls_unusable" });
    await expect(start({ TLS_CERT: "/none", TLS_KEY: path })).rejects.toMatchObject({
      message: expect.stringContaining("/none (TLS_CERT) cannot be read"),
    });
  });

  it("closes within its time: idle connections, held answers and stuck ones", async () => {
    let stuck = 0;
    const one = await start(
      {},
      {
        onClosing: () => {
          for (const res of held) res.writeHead(503).end();
          held.clear();
        },
        api: async (app) => {
          app.get("/api/stuck", () => {
            stuck += 1;
            return new Promise(() => {});
          });
        },
      },
    );
    const port = one.ports.http;
    const get = (path: string) =>
      new Promise<number | string>((resolve) => {
        const req = request({ port, path, headers: { connection: "keep-alive" } }, (res) => {
          res.resume().on("end", () => resolve(res.statusCode ?? 0));
        });
        req.on("error", (error: NodeJS.ErrnoException) => resolve(error.code ?? "error"));
        req.end();
      });
    expect(await get("/media/file")).toBe(200);
    const answers = [get("/media/held"), get("/api/stuck")];
    while (held.size === 0 || stuck === 0) await new Promise((resolve) => setTimeout(resolve, 5));
    const began = performance.now();
    await Promise.all([one[Symbol.asyncDispose](), one[Symbol.asyncDispose]()]);
    expect(performance.now() - began).toBeLessThan(2_500);
    expect(await Promise.all(answers)).toEqual([503, "ECONNRESET"]);
    await expect(fetch(`http://127.0.0.1:${port}/healthz`)).rejects.toThrow();
  });
});
