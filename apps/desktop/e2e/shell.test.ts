import { stat } from "node:fs/promises";
import { rest as contract } from "@footlight/shared";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { freePort } from "../../server/src/testing/free-port.ts";
import { RestClient } from "../../server/src/testing/rest-client.ts";
import { TestServer } from "../../server/src/testing/test-server.ts";
import { filling } from "../src/model/default-document.ts";
import { RemoteClient } from "../src/testing/remote-client.ts";
import { Studio } from "./launch.ts";

let server: TestServer;
let rest: RestClient;
let studio: Studio;
let remotePort: number;

beforeAll(async () => {
  remotePort = await freePort();
  server = await TestServer.start({ LOG_LEVEL: "warn" });
  [rest, studio] = await Promise.all([
    RestClient.signUp(server.url, "streamer"),
    Studio.launch({
      args: [`--server=${server.url}`, `--remote-port=${remotePort}`, "--remote-password=correct horse"],
    }),
  ]);
  await studio.until("engine", ({ engine, encoder }) => engine === "ready" && encoder === "ready");
});

afterAll(async () => {
  await studio?.[Symbol.asyncDispose]();
  await server?.[Symbol.asyncDispose]();
});

describe("a fresh profile", () => {
  it("opens with the default scene, past the first run, and says that secrets are not kept here", async () => {
    const document = await studio.topic("document");
    expect(Object.values(document.sources).map((source) => source.settings.kind)).toEqual(["test-picture"]);
    expect((await studio.topic("settings")).welcomed).toBe(true);
    expect(await studio.topic("account")).toEqual({
      server: server.url,
      username: null,
      keepsSecrets: false,
    });
    await studio.until("news", (news) => news.some(({ code }) => code === "secrets_not_kept"));
  });

  it("keeps the document on the disk, through undo and redo", async () => {
    const rename = { command: { kind: "collection-rename" as const, name: "Mine" }, gesture: null };
    expect(await studio.call("document.do", rename)).toEqual({ refusal: null });
    expect(await studio.call("document.undo", undefined)).toEqual({ done: true });
    expect((await studio.topic("document")).name).toBe("My scenes");
    expect(await studio.call("document.redo", undefined)).toEqual({ done: true });
    const saved = () => studio.readProfile("scenes.json").catch(() => "");
    await expect.poll(async () => JSON.parse((await saved()) || "{}").name).toBe("Mine");
  });
});

describe("the studio's pages", () => {
  it("are isolated from Node, from the web and from each other", async () => {
    const seen = await studio.page.evaluate(async () => {
      const permission = await navigator.permissions.query({ name: "geolocation" });
      return {
        globals: ["require", "process", "module", "Buffer"].filter((name) => name in globalThis),
        opened: window.open("https://example.org") === null,
        fetched: await fetch("http://127.0.0.1:9/").then(
          () => "fetched",
          (error: unknown) => String(error),
        ),
        evaluated: (() => {
          try {
            return String(new Function("return 1")());
          } catch (error) {
            return error instanceof EvalError ? "refused" : String(error);
          }
        })(),
        permission: permission.state,
        isolated: crossOriginIsolated,
      };
    });
    expect(seen).toEqual({
      globals: [],
      opened: true,
      fetched: expect.stringContaining("TypeError"),
      evaluated: "refused",
      permission: "denied",
      isolated: true,
    });
    expect(await (await studio.engine()).evaluate(() => crossOriginIsolated)).toBe(true);
  });

  it("go nowhere", async () => {
    await studio.page.evaluate((url) => {
      location.href = url;
    }, server.url);
    // A page that had gone would answer no calls.
    expect(await studio.call("document.undo", undefined)).toEqual({ done: true });
    expect(studio.page.url()).toBe("app://studio/control.html");
  });

  it("read those files alone that the document names", async () => {
    const path = `${studio.profile}/scenes.json`;
    const read = () =>
      studio.page.evaluate(
        async (url) => {
          const [all, part] = await Promise.all([
            fetch(url),
            fetch(url, { headers: { range: "bytes=0-3" } }),
          ]);
          return [all.status, part.status, (await part.text()).length];
        },
        `/file/${encodeURIComponent(path)}`,
      );
    expect((await read())[0]).toBe(404);
    const source = {
      id: "picture",
      name: "Picture",
      settings: { kind: "image" as const, path },
      filters: [],
    };
    const { sourceId: _, ...item } = filling("picture-item", "picture", { width: 1280, height: 720 });
    const command = { kind: "source-add" as const, source, place: { sceneId: "scene", item } };
    expect(await studio.call("document.do", { command, gesture: null })).toEqual({ refusal: null });
    expect(await read()).toEqual([200, 206, 4]);
    const outside = await studio.page.evaluate(async () => (await fetch("/..%2fmain.cjs")).status);
    expect(outside).toBe(404);
  });

  it("are answered by the contract alone", async () => {
    await expect(studio.call("quit" as never, undefined as never)).rejects.toThrow(/no such call/);
    await expect(studio.call("constructor" as never, undefined as never)).rejects.toThrow(/no such call/);
    await expect(studio.call("targets.enable", { id: 1 } as never)).rejects.toThrow(
      /not as the contract has it/,
    );
  });
});

describe("on air", () => {
  it("signs in, and says what is wrong when it cannot", async () => {
    const account = { server: server.url, username: "streamer", password: "wrong" };
    expect(await studio.call("account.sign-in", account)).toEqual({ fault: "wrong_password" });
    const nobody = { ...account, server: "http://127.0.0.1:9" };
    expect(await studio.call("account.sign-in", nobody)).toEqual({ fault: "unreachable" });
    expect(await studio.call("account.sign-in", { ...account, server: "::" })).toEqual({
      fault: "bad_address",
    });
    const right = { ...account, password: "correct horse streamer" };
    expect(await studio.call("account.sign-in", right)).toEqual({ fault: null });
    expect(await studio.topic("account")).toMatchObject({ username: "streamer" });
  });

  it("goes live on the server", async () => {
    const { video } = await studio.topic("settings");
    await studio.call("settings.change", {
      video: { ...video, width: 640, height: 360, bitrateBps: 800_000 },
    });
    const stream = { title: "From the studio", category: "", latencyMode: "low" as const };
    expect(await studio.call("broadcast.start", { stream })).toEqual({ fault: null });
    const { watchUrl } = await studio.until("broadcast", ({ state }) => state === "live");
    expect(watchUrl).toBe(`${server.url}/streamer`);
    expect(await best()).toEqual({ resolution: "640x360", fps: 30 });
  });

  it("stays one stream when the window's page, the engine and the encoder die", async () => {
    const before = await streamId();
    const another = studio.findPage();
    await studio.app.evaluate(({ webContents }) => {
      for (const each of webContents.getAllWebContents()) each.forcefullyCrashRenderer();
    });
    await another;
    await studio.until("news", (news) => news.some(({ code }) => code === "engine_restarted"));
    await studio.app.evaluate(({ app }) => {
      const encoder = app.getAppMetrics().find((each) => each.name === "Footlight encoder");
      if (encoder) process.kill(encoder.pid, "SIGKILL");
    });
    await studio.until("news", (news) => news.some(({ code }) => code === "encoder_restarted"));
    await studio.until("targets", (targets) => (targets[0]?.figures?.frames ?? 0) > 0);
    await studio.until("broadcast", ({ state }) => state === "live");
    expect(await streamId()).toBe(before);
  });

  it("ends everywhere, and leaves no key or token in its profile", async () => {
    const id = await streamId();
    await studio.call("broadcast.stop", undefined);
    expect(await studio.topic("broadcast")).toMatchObject({ state: "idle", fault: null });
    expect((await rest.stream(id)).status).toBe("ended");
    const { stream_key } = await rest.startStream();
    for (const file of ["settings.json", "scenes.json", "logs/studio.log"])
      expect(await studio.readProfile(file)).not.toContain(stream_key);
  });
});

describe("without anybody at the window", () => {
  it("publishes and records as the remote control says", async () => {
    await studio.call("settings.change", {
      recording: { ...(await studio.topic("settings")).recording, folder: `${studio.profile}/recordings` },
    });
    const remote = await RemoteClient.connect(remotePort, "correct horse");
    const { stream_id, stream_key } = await rest.startStream();
    const streamServiceSettings = { server: server.rtmpUrl("").replace(/\/$/, ""), key: stream_key };
    const service = { streamServiceType: "rtmp_custom", streamServiceSettings };
    expect((await remote.request("SetStreamServiceSettings", service)).code).toBe(100);
    expect((await remote.request("StartStream")).code).toBe(100);
    expect((await remote.request("StartStream")).code).toBe(500);
    const states = (type: string) => () =>
      remote.events.filter((event) => event.type === type).map((event) => event.data["outputState"]);
    await expect
      .poll(states("StreamStateChanged"), { timeout: 10_000 })
      .toContain("OBS_WEBSOCKET_OUTPUT_STARTED");
    await expect.poll(async () => (await rest.stream(stream_id)).status, { timeout: 10_000 }).toBe("live");
    expect((await remote.request("StartRecord")).code).toBe(100);
    const status = async () => (await remote.request("GetStreamStatus")).data;
    await expect
      .poll(async () => (await status())["outputBytes"], { timeout: 10_000 })
      .toBeGreaterThan(10_000);
    expect(await status()).toMatchObject({ outputActive: true, outputReconnecting: false });
    const recorded = async () => (await remote.request("GetRecordStatus")).data["outputDuration"];
    await expect.poll(recorded, { timeout: 10_000 }).toBeGreaterThan(1_000);
    const { data } = await remote.request("StopRecord");
    expect((await stat(String(data["outputPath"]))).size).toBeGreaterThan(1_000);
    expect((await remote.request("StopStream")).code).toBe(100);
    await expect
      .poll(states("StreamStateChanged"), { timeout: 10_000 })
      .toContain("OBS_WEBSOCKET_OUTPUT_STOPPED");
    expect(await studio.readProfile("settings.json")).not.toContain(stream_key);
    // To an encoder with a key alone the server leaves a while to come back.
    await rest.endStream(stream_id);
    remote.close();
  });
});

describe("a WHIP service", () => {
  it("gets the picture from the engine itself, and is left in order", async () => {
    const remote = await RemoteClient.connect(remotePort, "correct horse");
    const { stream_id, stream_key } = await rest.startStream();
    const service = { streamServiceType: "whip_custom" };
    const streamServiceSettings = { server: `${server.url}/whip`, bearer_token: stream_key };
    expect(
      (await remote.request("SetStreamServiceSettings", { ...service, streamServiceSettings })).code,
    ).toBe(100);
    expect((await remote.request("StartStream")).code).toBe(100);
    await expect.poll(async () => (await rest.stream(stream_id)).status, { timeout: 15_000 }).toBe("live");
    await studio.until("targets", (targets) => targets.some(({ figures }) => (figures?.frames ?? 0) > 0));
    expect((await remote.request("StopStream")).code).toBe(100);
    await studio.until("broadcast", ({ state }) => state === "idle");
    remote.close();
  });
});

describe("closing the window", () => {
  it("ends the studio, and its profile is as it was left", async () => {
    const { name } = await studio.topic("document");
    const gone = new Promise<number | null>((resolve) => studio.child.once("exit", resolve));
    await studio.app.evaluate(({ BrowserWindow }) => {
      const windows = BrowserWindow.getAllWindows();
      // Not awaited: the answer would not come back.
      setImmediate(() =>
        windows.find((each) => each.webContents.getURL().endsWith("/control.html"))?.close(),
      );
    });
    expect(await gone).toBe(0);
    expect(JSON.parse(await studio.readProfile("scenes.json"))).toMatchObject({ name });
    expect(JSON.parse(await studio.readProfile("settings.json")).settings.video.width).toBe(640);
  });
});

/** The one stream that the server lists. */
const streamId = async (): Promise<string> => {
  const list = async () => {
    const { streams } = contract.ListStreamsAnswer.parse(
      await (await fetch(`${server.url}/api/v1/streams`)).json(),
    );
    return streams.map((each) => each.stream_id);
  };
  await expect.poll(list, { timeout: 10_000 }).toHaveLength(1);
  return (await list())[0] ?? "";
};

/** The best rung, once the server offers one. */
async function best() {
  const id = await streamId();
  const first = async () => (await rest.playback(id)).qualities[0];
  await expect.poll(first, { timeout: 15_000 }).toBeDefined();
  const { resolution, fps } = (await first()) ?? {};
  return { resolution, fps };
}
