import { execFile } from "node:child_process";
import { createHash } from "node:crypto";
import { mkdtemp, readFile, rm, writeFile } from "node:fs/promises";
import { createServer } from "node:http";
import type { AddressInfo } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { promisify } from "node:util";
import { FuseV1Options, getCurrentFuseWire } from "@electron/fuses";
import { beforeAll, describe, expect, it } from "vitest";
import { freePort } from "../../server/src/testing/free-port.ts";
import { RestClient } from "../../server/src/testing/rest-client.ts";
import { TestServer } from "../../server/src/testing/test-server.ts";
import { RemoteClient } from "../src/testing/remote-client.ts";
import { PackagedStudio, PROGRAM, RELEASE, UNPACKED } from "./packaged-studio.ts";

const run = promisify(execFile);
/** A fuse is a byte in the program, the digit 0 or 1. */
const OFF = "0".charCodeAt(0);
const ON = "1".charCodeAt(0);
const FEED = join(UNPACKED, "resources/app-update.yml");
const DEB = join(RELEASE, "footlight-studio_0.1.0_amd64.deb");

beforeAll(async () => {
  const script = fileURLToPath(new URL("../../../scripts/package-studio.mjs", import.meta.url));
  await run(process.execPath, [script, "dir", "deb"], { maxBuffer: 64 << 20 });
}, 900_000);

describe("the packaged studio", () => {
  it("has every fuse as it shall be", async () => {
    const wire = await getCurrentFuseWire(PROGRAM);
    const off = [
      FuseV1Options.RunAsNode,
      FuseV1Options.EnableNodeOptionsEnvironmentVariable,
      FuseV1Options.EnableNodeCliInspectArguments,
      FuseV1Options.LoadBrowserProcessSpecificV8Snapshot,
      FuseV1Options.GrantFileProtocolExtraPrivileges,
    ];
    for (const fuse of off) expect([fuse, wire[fuse]]).toEqual([fuse, OFF]);
    for (const fuse of [FuseV1Options.EnableCookieEncryption, FuseV1Options.OnlyLoadAppFromAsar])
      expect([fuse, wire[fuse]]).toEqual([fuse, ON]);
  });

  it("starts, shows its window, answers the remote control and publishes with its own ffmpeg", async () => {
    await using server = await TestServer.start({ LOG_LEVEL: "warn" });
    const rest = await RestClient.signUp(server.url, "streamer");
    const remotePort = await freePort();
    await using studio = await PackagedStudio.start([
      `--server=${server.url}`,
      `--remote-port=${remotePort}`,
      "--remote-password=correct horse",
    ]);
    const { page, browser } = await studio.window();
    await page.getByRole("heading", { name: "Scenes", exact: true }).waitFor();
    await page.getByRole("button", { name: "Test picture", exact: true }).click();
    await page.getByRole("heading", { name: "Properties" }).waitFor();
    await browser.close();

    const remote = await RemoteClient.connect(remotePort, "correct horse");
    const { stream_id, stream_key } = await rest.startStream();
    const streamServiceSettings = { server: server.rtmpUrl("").replace(/\/$/, ""), key: stream_key };
    const service = { streamServiceType: "rtmp_custom", streamServiceSettings };
    expect((await remote.request("SetStreamServiceSettings", service)).code).toBe(100);
    expect((await remote.request("StartStream")).code).toBe(100);
    await expect.poll(async () => (await rest.stream(stream_id)).status, { timeout: 30_000 }).toBe("live");
    const programs = new Set(await studio.programs());
    expect([...programs].some((path) => path.startsWith(join(UNPACKED, "resources/app.asar.unpacked")))).toBe(
      true,
    );
    for (const path of programs) expect(path.startsWith(UNPACKED) || path === "").toBe(true);
    expect((await remote.request("StopStream")).code).toBe(100);
    remote.close();
    await studio.close();
    expect(studio.child.exitCode).toBe(0);
  });
});

describe("the Debian package", () => {
  it("brings the program, its licence, an icon, and a desktop file that takes footlight: links", async () => {
    const { stdout: list } = await run("dpkg-deb", ["-c", DEB], { maxBuffer: 64 << 20 });
    expect(list).toMatch(/\.\/usr\/bin\/footlight-studio -> \.\.\/lib\/footlight-studio\/footlight-studio/);
    expect(list).toMatch(/-rwsr-xr-x .*chrome-sandbox/);
    for (const file of ["pixmaps/footlight-studio.png", "doc/footlight-studio/copyright"])
      expect(list).toContain(`./usr/share/${file}`);
    expect(list).not.toMatch(/\.map$|resources\/app\//m);
    const { stdout: depends } = await run("dpkg-deb", ["-f", DEB, "Depends"]);
    for (const library of ["libgtk-3-0", "libnss3", "libgbm1", "libasound2"])
      expect(depends).toContain(library);
    const folder = await mkdtemp(join(tmpdir(), "footlight-deb-"));
    try {
      await run("dpkg-deb", ["-x", DEB, folder]);
      const desktop = await readFile(join(folder, "usr/share/applications/footlight-studio.desktop"), "utf8");
      expect(desktop).toMatch(/^Exec=footlight-studio %U$/m);
      expect(desktop).toMatch(/^MimeType=x-scheme-handler\/footlight;$/m);
      expect(desktop).toMatch(/^Icon=footlight-studio$/m);
    } finally {
      await rm(folder, { recursive: true, force: true });
    }
  });
});

/** An operator's feed with one newer version, which is a program that does nothing. */
class Feed implements AsyncDisposable {
  readonly asked: string[] = [];
  readonly bytes = Buffer.from(`#!/bin/sh\n# 99.0.0\nexit 0\n${"#".repeat(200_000)}\n`);
  private readonly server = createServer((request, response) => {
    const path = new URL(request.url ?? "/", "http://feed").pathname;
    this.asked.push(path);
    if (path === "/latest-linux.yml") response.end(this.#yml());
    else if (path === "/footlight-studio-99.0.0.AppImage") response.end(this.bytes);
    else response.writeHead(404).end();
  });

  private constructor(private readonly isTrue: boolean) {}

  static async open(isTrue: boolean): Promise<Feed> {
    const feed = new Feed(isTrue);
    await new Promise<void>((resolve) => feed.server.listen(0, "127.0.0.1", resolve));
    const { port } = feed.server.address() as AddressInfo;
    await writeFile(
      FEED,
      `provider: generic\nurl: http://127.0.0.1:${port}/\nupdaterCacheDirName: footlight-test\n`,
    );
    return feed;
  }

  #yml(): string {
    const sha512 = createHash("sha512")
      .update(this.isTrue ? this.bytes : "something else")
      .digest("base64");
    const file = `url: footlight-studio-99.0.0.AppImage\n    sha512: ${sha512}\n    size: ${this.bytes.length}`;
    return `version: 99.0.0\nfiles:\n  - ${file}\npath: footlight-studio-99.0.0.AppImage\nsha512: ${sha512}\nreleaseDate: '2026-01-01T00:00:00.000Z'\n`;
  }

  async [Symbol.asyncDispose](): Promise<void> {
    this.server.closeAllConnections();
    await new Promise((resolve) => this.server.close(resolve));
    await rm(FEED, { force: true });
  }
}

/** What the updater takes for the AppImage that runs. */
async function installed() {
  const folder = await mkdtemp(join(tmpdir(), "footlight-installed-"));
  const path = join(folder, "studio.AppImage");
  await writeFile(path, "old", { mode: 0o755 });
  return { path, remove: () => rm(folder, { recursive: true, force: true }) };
}

/** With a path, for the updater moves files by `mv`. */
const startedFrom = (appImage: string): Promise<PackagedStudio> =>
  PackagedStudio.start(["--server=http://127.0.0.1:9"], {
    APPIMAGE: appImage,
    PATH: process.env["PATH"] ?? "",
  });

describe("an update", () => {
  it("is fetched, told, and put in place when the studio is closed", async () => {
    await using feed = await Feed.open(true);
    const appImage = await installed();
    try {
      await using studio = await startedFrom(appImage.path);
      const { page, browser } = await studio.window();
      // It is told for some seconds only, which may be over.
      const version = page.evaluate(
        () =>
          new Promise<string>((resolve) => {
            window.studio.on("news", (news) => {
              const ready = news.find(({ code }) => code === "update_ready");
              if (ready) resolve(ready.detail);
            });
          }),
      );
      expect(await version).toBe("99.0.0");
      expect(feed.asked).toContain("/footlight-studio-99.0.0.AppImage");
      expect(await readFile(appImage.path, "utf8")).toBe("old");
      await browser.close();
      await studio.close();
      expect((await readFile(appImage.path)).equals(feed.bytes)).toBe(true);
    } finally {
      await appImage.remove();
    }
  });

  it("is refused when it is not what the feed says", async () => {
    await using feed = await Feed.open(false);
    const appImage = await installed();
    try {
      await using studio = await startedFrom(appImage.path);
      await expect.poll(() => studio.log(), { timeout: 30_000 }).toContain("was not what the feed says");
      expect(feed.asked).toContain("/footlight-studio-99.0.0.AppImage");
      await studio.close();
      expect(await readFile(appImage.path, "utf8")).toBe("old");
    } finally {
      await appImage.remove();
    }
  });

  it("is nothing that a studio without a feed asks for", async () => {
    await using studio = await PackagedStudio.start(["--server=http://127.0.0.1:9"]);
    const { page, browser } = await studio.window();
    await page.getByRole("heading", { name: "Scenes", exact: true }).waitFor();
    await browser.close();
    await studio.close();
    expect(await studio.log()).not.toContain("update");
  });
});
