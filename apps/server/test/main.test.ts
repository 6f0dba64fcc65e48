import { spawn } from "node:child_process";
import { once } from "node:events";
import { mkdtemp, readdir, rm, writeFile } from "node:fs/promises";
import { type AddressInfo, createServer, type Server } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { putDatabase } from "../src/testing/database-template.ts";
import { ENCODER_HERE, SERVER_FOLDER, serverMain } from "../src/testing/server-main.ts";
import { TestServer } from "../src/testing/test-server.ts";

let base: string;
/** With a database, which takes seconds to make; of those that fail to start none takes it with it. */
let prepared: string;
let occupant: Server;
let taken: string;

beforeAll(async () => {
  base = await mkdtemp(join(tmpdir(), "footlight-main-"));
  prepared = await mkdtemp(join(base, "data-"));
  await putDatabase(prepared);
  occupant = createServer().listen(0, "127.0.0.1");
  await once(occupant, "listening");
  taken = String((occupant.address() as AddressInfo).port);
});
afterAll(async () => {
  occupant.close();
  await rm(base, { recursive: true, force: true });
});

/** Starts the real program and waits for its end. */
async function runMain(env: Record<string, string>): Promise<{ code: number | null; errors: string }> {
  const child = spawn(process.execPath, serverMain(), {
    cwd: SERVER_FOLDER,
    stdio: ["ignore", "ignore", "pipe"],
    env: {
      ...process.env,
      ...{ HOST: "127.0.0.1", PORT: "0", RTMP_PORT: "0", RTMPS_PORT: "0", HTTPS_PORT: "0" },
      ...ENCODER_HERE,
      DATA_DIR: prepared,
      ...env,
    },
  });
  let errors = "";
  child.stderr.on("data", (chunk) => {
    errors += chunk;
  });
  const deadline = setTimeout(() => child.kill("SIGKILL"), 30_000);
  const [code] = (await once(child, "close")) as [number | null];
  clearTimeout(deadline);
  return { code, errors };
}

describe("a start that cannot be", () => {
  it.each([
    ["an invalid variable", () => ({ PORT: "eighty", GOP_S: "60" }), /PORT: .*GOP_S: .*\.env\.example/],
    ["a certificate without key", () => ({ TLS_CERT: "cert.pem" }), /set both, or neither/],
    ["an edge without an origin", () => ({ ROLES: "edge" }), /set ORIGIN_URL/],
    ["a role that is none", () => ({ ROLES: "transcoder" }), /ROLES: takes nothing/],
    ["an unreadable certificate", () => ({ TLS_CERT: "/none", TLS_KEY: "/none" }), /\/none \(TLS_CERT\)/],
    ["a taken HTTP port", () => ({ PORT: taken }), /Port \d+ \(PORT\) is taken by another program/],
    ["a taken RTMP port", () => ({ RTMP_PORT: taken }), /Port \d+ \(RTMP_PORT\) is taken by another program/],
    ["a foreign address", () => ({ HOST: "192.0.2.1" }), /\(HOST\)/],
    ["an ffmpeg that is none", () => ({ FFMPEG_PATH: "/none/ffmpeg" }), /FFMPEG_PATH/],
    ["a data folder that is a file", () => ({ DATA_DIR: join(base, "file") }), /\(DATA_DIR\) cannot be read/],
    [
      "a database that does not answer",
      () => ({ DATABASE_URL: `postgres://u:hunter2@127.0.0.1:${taken}/x?connect_timeout=1` }),
      /database|DATABASE_URL/i,
    ],
  ])("says one clear line for %s, and ends", async (_name, env, line) => {
    await writeFile(join(base, "file"), "");
    const { code, errors } = await runMain(env());
    expect(errors).toMatch(/^footlight: [^\n]+\n$/);
    expect(errors).toMatch(line);
    expect(errors).not.toContain("hunter2");
    expect(code).toBe(1);
  });
});

describe("a running server", () => {
  it("holds its data folder, ends by SIGTERM and leaves it to the next", async () => {
    await using server = await TestServer.start({}, { firstStart: true });
    const second = await runMain({ DATA_DIR: server.dataDir });
    expect(second.errors).toMatch(new RegExp(`used by another Footlight server \\(process ${server.pid}\\)`));
    expect(second.code).toBe(1);

    const began = performance.now();
    expect(await server.stop("SIGTERM")).toBe(0);
    expect(performance.now() - began).toBeLessThan(10_000);
    expect(await readdir(server.dataDir)).not.toContain("server.lock");

    await server.startAgain();
    expect(await server.stop("SIGKILL")).toBe("SIGKILL");
    await server.startAgain();
    expect(await server.stop("SIGINT")).toBe(0);
  });

  it("ends while it still starts, and starts again on what that left", async () => {
    const dataDir = join(base, "early");
    const start = () =>
      spawn(process.execPath, serverMain(), {
        cwd: SERVER_FOLDER,
        stdio: ["ignore", "pipe", "inherit"],
        env: { ...process.env, HOST: "127.0.0.1", PORT: "0", RTMP_PORT: "0", DATA_DIR: dataDir },
      });
    const early = start();
    // The lock is the first thing taken; everything else is still to come.
    const deadline = performance.now() + 20_000;
    while (!(await readdir(dataDir).catch((): string[] => [])).includes("server.lock")) {
      expect(performance.now()).toBeLessThan(deadline);
      await new Promise((resolve) => setTimeout(resolve, 10));
    }
    const began = performance.now();
    early.kill("SIGTERM");
    await once(early, "close");
    expect(performance.now() - began).toBeLessThan(10_000);

    const again = start();
    let output = "";
    for await (const chunk of again.stdout) {
      output += chunk;
      if (output.includes("Footlight is at")) break;
    }
    expect(output).toContain("Footlight is at");
    again.kill("SIGTERM");
    expect(await once(again, "exit")).toEqual([0, null]);
  });
});
