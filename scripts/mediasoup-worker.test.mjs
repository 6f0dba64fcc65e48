import { execFileSync } from "node:child_process";
import {
  chmodSync,
  existsSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  writeFileSync,
} from "node:fs";
import { createServer } from "node:http";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, afterEach, describe, expect, it } from "vitest";
import { mendDtls } from "./setup/mediasoup/build.mjs";
import { cacheFolder, inScratch, isTrusted, keep, withLock, workerKey } from "./setup/mediasoup/cache.mjs";
import { downloadWorker } from "./setup/mediasoup/download.mjs";
import { groupSources, listedSources, localNames, unitText } from "./setup/mediasoup/units.mjs";
import { inRoot } from "./setup/paths.mjs";

const folder = mkdtempSync(join(tmpdir(), "footlight-worker-"));
afterAll(() => rmSync(folder, { recursive: true, force: true }));

const worker = inRoot("node_modules/mediasoup/worker");
const read = (/** @type {string} */ path) => readFileSync(join(worker, path), "utf8");

/** Stands for a worker that ends so when it is started with no environment. @param {string} name @param {string} body */
function program(name, body) {
  const path = join(folder, name);
  writeFileSync(path, `#!/bin/sh\n${body}\n`);
  chmodSync(path, 0o755);
  return path;
}

describe("the key of a cached worker", () => {
  const of = { version: "3.15.8", platform: "linux", arch: "x64", recipe: ["a", "b"] };

  it("is another for another version, machine or recipe", () => {
    const others = [
      { ...of, version: "3.15.9" },
      { ...of, arch: "arm64" },
      { ...of, platform: "darwin" },
      { ...of, recipe: ["a", "c"] },
      { ...of, recipe: ["ab", ""] },
    ];
    expect(new Set([of, ...others].map(workerKey)).size).toBe(6);
    expect(workerKey({ ...of })).toBe(workerKey(of));
  });

  it("lies in the user's cache", () => {
    expect(cacheFolder({ XDG_CACHE_HOME: "/c" })).toBe("/c/footlight/mediasoup-worker");
    expect(cacheFolder({})).toMatch(/\/\.cache\/footlight\/mediasoup-worker$/);
  });
});

describe("a worker is trusted", () => {
  it("when it ends with 41 for want of its environment, and not otherwise", () => {
    expect(isTrusted(program("good", 'test -z "$HOME$MEDIASOUP_VERSION" && exit 41'))).toBe(true);
    expect(isTrusted(program("other", "exit 127")), "a library is missing").toBe(false);
    expect(isTrusted(program("idle", "exit 0"))).toBe(false);
    expect(isTrusted(join(folder, "nothing"))).toBe(false);
    writeFileSync(join(folder, "text"), "exit 41");
    expect(isTrusted(join(folder, "text")), "not a program").toBe(false);
  });

  it("when it has been kept, with nothing beside it", () => {
    const place = join(folder, "cache/key/mediasoup-worker");
    keep(program("built", "exit 41"), place);
    keep(program("built-again", "exit 41"), place);
    expect(isTrusted(place)).toBe(true);
    expect(readdirSync(join(folder, "cache/key"))).toEqual(["mediasoup-worker"]);
  });
});

describe("two set-ups at once", () => {
  it("do the work one after the other", async () => {
    const lock = join(folder, "locks/one.lock");
    let inside = 0;
    let most = 0;
    let waited = 0;
    const work = async () => {
      most = Math.max(most, ++inside);
      await new Promise((resolve) => setTimeout(resolve, 20));
      inside--;
    };
    await Promise.all([1, 2, 3].map(() => withLock(lock, { onWait: () => waited++ }, work)));
    expect([most, waited, existsSync(lock)]).toEqual([1, 2, false]);
  });

  it("are not kept waiting by one that died", async () => {
    const lock = join(folder, "dead.lock");
    const gone = Number(execFileSync("sh", ["-c", "echo $$"], { encoding: "utf8" }));
    writeFileSync(lock, String(gone));
    const onWait = () => expect.unreachable("nobody is there to wait for");
    expect(await withLock(lock, { onWait }, async () => "done")).toBe("done");
    mkdirSync(join(folder, `scratch/build-${gone}-abcdef`), { recursive: true });
    await inScratch(join(folder, "scratch"), async (own) => expect(existsSync(own)).toBe(true));
    expect(readdirSync(join(folder, "scratch"))).toEqual([]);
  });

  it("leave nothing behind when the work fails", async () => {
    const lock = join(folder, "failing.lock");
    const failing = withLock(lock, { onWait: () => undefined }, () =>
      inScratch(join(folder, "scratch"), () => Promise.reject(new Error("no compiler"))),
    );
    await expect(failing).rejects.toThrow("no compiler");
    expect([existsSync(lock), readdirSync(join(folder, "scratch"))]).toEqual([false, []]);
  });
});

describe("the package's own download", () => {
  /** @type {import("node:http").Server | undefined} */
  let server;
  afterEach(() => server?.close());

  /** @param {import("node:http").RequestListener} answer */
  async function serve(answer) {
    const listening = createServer(answer).listen(0, "127.0.0.1");
    server = listening;
    await new Promise((resolve) => listening.once("listening", resolve));
    const { port } = /** @type {import("node:net").AddressInfo} */ (listening.address());
    const scratch = mkdtempSync(join(folder, "download-"));
    return () =>
      downloadWorker(inRoot("node_modules/mediasoup"), scratch, {
        PATH: process.env["PATH"],
        MEDIASOUP_WORKER_PREBUILT_DOWNLOAD_BASE_URL: `http://127.0.0.1:${port}`,
      });
  }

  it("gives the binary of this version and machine", async () => {
    program("mediasoup-worker", "exit 41");
    execFileSync("tar", ["-czf", join(folder, "worker.tgz"), "-C", folder, "mediasoup-worker"]);
    /** @type {string[]} */
    const asked = [];
    const download = await serve((request, response) => {
      if (request.method === "GET") asked.push(request.url ?? "");
      response.end(readFileSync(join(folder, "worker.tgz")));
    });
    expect(isTrusted((await download()) ?? "")).toBe(true);
    expect(asked).toEqual([expect.stringMatching(/^\/3\.15\.8\/mediasoup-worker-3\.15\.8-.*\.tgz$/)]);
  });

  it("gives nothing where there is none for this machine, or one that does not run here", async () => {
    const missing = await serve((_, response) => response.writeHead(404).end());
    expect(await missing()).toBeUndefined();
    server?.close();
    program("mediasoup-worker", "exit 127");
    execFileSync("tar", ["-czf", join(folder, "bad.tgz"), "-C", folder, "mediasoup-worker"]);
    const bad = await serve((_, response) => response.end(readFileSync(join(folder, "bad.tgz"))));
    expect(await bad()).toBeUndefined();
  });

  it("gives nothing where its host is out of reach", async () => {
    const download = await serve((_, response) => response.end());
    await new Promise((resolve) => server?.close(resolve));
    expect(await download()).toBeUndefined();
  });
});

describe("the recipe", () => {
  const paths = [
    ...listedSources(read("meson.build"), "common_sources"),
    ...listedSources(read("deps/libwebrtc/meson.build"), "libwebrtc_sources").map(
      (path) => `deps/libwebrtc/${path}`,
    ),
  ];
  const sources = paths.map((path) => ({ path, text: read(path) }));
  const units = groupSources(sources, 6);

  it("puts each source into one unit, and none with another that has a name of its own alike", () => {
    expect(paths.length).toBeGreaterThan(100);
    expect(
      units
        .flat()
        .map(({ path }) => path)
        .sort(),
    ).toEqual([...paths].sort());
    for (const unit of units) {
      const names = unit.flatMap(({ text }) => [...localNames(text)]);
      expect(names.filter((name, index) => names.indexOf(name) !== index)).toEqual([]);
    }
  });

  it("opens another unit where names clash too often", () => {
    const text = "\tstatic constexpr size_t BufferSize{ 1024 };\n";
    const clashing = ["a.cpp", "b.cpp", "c.cpp"].map((path) => ({ path, text }));
    expect(groupSources(clashing, 2)).toHaveLength(3);
  });

  it("ends a file's macros with the file", () => {
    const text = unitText([{ path: "/w/a.cpp", text: '#define MS_CLASS "A"\n#define MS_CLASS "A"\n' }]);
    expect(text).toBe('#include "/w/a.cpp"\n#undef MS_CLASS\n');
  });

  it("cures the handshake that would kill the worker, and refuses a source that it does not know", () => {
    const text = read("src/RTC/DtlsTransport.cpp");
    expect(mendDtls(text)).toContain("((operationType & BIO_CB_RETURN) != 0)");
    expect(() => mendDtls(mendDtls(text))).toThrow("another recipe");
  });
});
