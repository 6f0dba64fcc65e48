import { mkdtemp, rm } from "node:fs/promises";
import { createServer, type Server } from "node:http";
import type { AddressInfo } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { Preferences } from "../system/preferences.ts";
import { Secrets } from "../system/secrets.ts";
import { Account, serverAddress } from "./account.ts";

describe("serverAddress", () => {
  it.each([
    ["live.example.org", "https://live.example.org"],
    [" live.example.org/watch?x ", "https://live.example.org"],
    ["localhost:8080", "http://localhost:8080"],
    ["192.168.1.4:8080", "http://192.168.1.4:8080"],
    ["http://live.example.org:81/", "http://live.example.org:81"],
    // A name in an address is somebody's trick or mistake.
    ["https://user:pass@live.example.org", undefined],
    ["", undefined],
    ["not an address", undefined],
  ])("makes of %j %j", (typed, server) => {
    expect(serverAddress(typed)).toBe(server);
  });
});

describe("signing in", () => {
  const channel = {
    ...{ displayName: "Mira", bio: "", title: "Mira paints", category: "Art", tags: ["oil"] },
    ...{ latencyMode: "ultra-low", recording: false, chat: true },
  };
  const answers: Record<string, unknown> = {
    "/api/v1/sessions": { user_id: "u1", username: "mira", token: "t" },
    "/trpc/dashboard.get": { result: { data: { settings: channel } } },
  };
  let server: Server;
  let folder = "";
  beforeAll(async () => {
    folder = await mkdtemp(join(tmpdir(), "footlight-account-"));
    server = createServer(({ url }, response) => response.end(JSON.stringify(answers[url ?? ""])));
    await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  });
  afterAll(async () => {
    server.close();
    await rm(folder, { recursive: true, force: true });
  });

  async function signedIn(title: string) {
    const fail = (error: unknown) => {
      throw error;
    };
    await using preferences = await Preferences.open(folder, "/videos", fail);
    const { stream } = preferences.values.settings;
    preferences.changeSettings({ stream: { ...stream, title } });
    const vault = {
      isEncryptionAvailable: () => false,
      encryptString: (text: string) => Buffer.from(text),
      decryptString: String,
    };
    await using secrets = await Secrets.open(folder, vault, fail);
    const account = new Account(preferences, secrets, { publish: () => {} });
    const { port } = server.address() as AddressInfo;
    expect(await account.signIn(`127.0.0.1:${port}`, "mira", "password")).toBeNull();
    return preferences.values.settings.stream;
  }

  it("gives the first broadcast the channel's title, category and delay", async () => {
    expect(await signedIn("")).toEqual({
      title: "Mira paints",
      category: "Art",
      tags: ["oil"],
      latencyMode: "ultra-low",
      delayS: 0,
      record: false,
    });
  });

  it("leaves what was said here before", async () => {
    expect(await signedIn("Here first")).toMatchObject({ title: "Here first" });
  });
});
