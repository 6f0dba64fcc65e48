import { type ChildProcess, execFile, spawn } from "node:child_process";
import { once } from "node:events";
import { mkdir, writeFile } from "node:fs/promises";
import { createServer, type Server } from "node:http";
import type { AddressInfo } from "node:net";
import { join } from "node:path";
import { promisify } from "node:util";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { shows } from "../../web-viewer/e2e/watch-tools.ts";
import type { Command } from "../src/model/commands.ts";
import { filling } from "../src/model/default-document.ts";
import { type Source, type SourceSettings, soundSchema } from "../src/model/document.ts";
import { fileAddress } from "../src/model/file-address.ts";
import { Studio } from "./launch.ts";
import { SoundServer } from "./sound-server.ts";

const run = promisify(execFile);
const CANVAS = { width: 640, height: 360, fps: 30 };

let sound: SoundServer;
let studio: Studio;
let shown = 0;
const act = async (command: Command) => {
  const { refusal } = await studio.call("document.do", { command, gesture: null });
  expect(refusal).toBeNull();
};
beforeAll(async () => {
  sound = await SoundServer.open();
  studio = await Studio.launch({ realDevices: true, env: sound.env });
  await act({ kind: "canvas", canvas: CANVAS, scaleItems: false });
  await act({ kind: "transition", transition: { kind: "cut" } });
});
afterAll(async () => {
  await studio?.[Symbol.asyncDispose]();
  await sound?.[Symbol.asyncDispose]();
});

/** Shows a scene of these sources alone, from the bottom to the top, each all over the canvas. */
async function showSources(sources: Record<string, SourceSettings>): Promise<void> {
  const { programmeSceneId: before } = await studio.topic("document");
  const sceneId = `scene-${++shown}`;
  await act({ kind: "scene-add", sceneId, name: sceneId });
  await act({ kind: "programme", sceneId });
  await act({ kind: "scene-remove", sceneId: before });
  for (const [id, settings] of Object.entries(sources)) {
    const sound = settings.kind === "browser" ? { sound: soundSchema.parse({}) } : {};
    const place = { sceneId, item: filling(`${id}-item`, id, CANVAS) };
    await act({ kind: "source-add", source: { id, name: id, settings, filters: [], ...sound }, place });
  }
}

/** A point of the programme, in parts of its size, as the window shows it. */
const colourAt = (x: number, y: number) => () =>
  studio.page.evaluate(
    ({ x, y }) => {
      const canvas = document.querySelector<HTMLCanvasElement>('canvas[data-view="programme"]');
      const context = canvas?.getContext("2d");
      if (!canvas || !context) return [];
      return [...context.getImageData(canvas.width * x, canvas.height * y, 1, 1).data].slice(0, 3);
    },
    { x, y },
  );
const state = async (id: string) => (await studio.topic("sources"))[id];

describe("a web page", () => {
  const page = (url: string, over: object = {}): SourceSettings => ({
    ...{ kind: "browser", url, css: "", fps: 30, closeWhenHidden: false, ...over },
    ...{ width: 640, height: 360 },
  });
  /** The left half red, the right one half green over whatever lies below. */
  const html = `<!doctype html><body style="margin:0;background:transparent"><style>
    i { position: fixed; top: 0; width: 50%; height: 100% }</style>
    <i style="left:0;background:#f00"></i><i style="left:50%;background:rgb(0 255 0/.5)"></i>`;
  let server: Server;
  let address: string;
  let status = 200;
  beforeAll(async () => {
    server = createServer((_request, response) => {
      response.writeHead(status, { "content-type": "text/html" }).end(html);
    });
    await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
    address = `http://127.0.0.1:${(server.address() as AddressInfo).port}/`;
  });
  afterAll(() => {
    server.closeAllConnections();
    server.close();
  });

  it("is drawn over what lies below it, as see-through as it is", async () => {
    const blue: SourceSettings = { kind: "colour", colour: "#0000ff" };
    await showSources({ blue, page: page(address) });
    await shows(colourAt(0.25, 0.5), "the page").toEqual([255, 0, 0]);
    await shows(colourAt(0.75, 0.5), "what lies below").toEqual([0, 128, 127]);
    expect(await state("page")).toMatchObject({ state: "live", width: 640, height: 360 });
    const css = "i { background: #fff !important }";
    await act({ kind: "source-settings", sourceId: "page", settings: page(address, { css }) });
    await shows(colourAt(0.75, 0.5), "the page in other colours").toEqual([255, 255, 255]);
  });

  it("says when it cannot be reached or has crashed, and comes back by itself", async () => {
    status = 503;
    await showSources({ page: page(`${address}again`) });
    await shows(() => state("page"), "the page").toMatchObject({ state: "failed", code: "unreachable" });
    await shows(colourAt(0.25, 0.5), "nothing").toEqual([0, 0, 0]);
    status = 200;
    await shows(colourAt(0.25, 0.5), "the page").toEqual([255, 0, 0]);
    await studio.app.evaluate(({ webContents }) => {
      const pages = webContents.getAllWebContents();
      pages.find((each) => each.getURL().endsWith("/again"))?.forcefullyCrashRenderer();
    });
    await shows(() => state("page"), "the page").toMatchObject({ state: "failed", code: "crashed" });
    await shows(colourAt(0.25, 0.5), "the page").toEqual([255, 0, 0]);
  });

  it("of a file has nothing of the machine or the studio, and opens and reads nothing beside it", async () => {
    const folder = join(studio.profile, "overlay");
    await mkdir(folder);
    await writeFile(join(folder, "data.txt"), "beside");
    await writeFile(
      join(folder, "overlay.html"),
      `${html}<script>
        const refused = () => "refused";
        const tries = [
          [typeof require, typeof window.studio, typeof window.engine, open("https://example.org/")],
          navigator.mediaDevices.getUserMedia({ video: { mandatory: { chromeMediaSource: "desktop" } } }),
          navigator.mediaDevices.getDisplayMedia(),
          Notification.requestPermission(),
          fetch("data.txt").then((answer) => answer.text()),
          fetch("../settings.json").then((answer) => answer.status),
          fetch("file:///etc/hostname"),
          fetch("app://studio/engine.html"),
        ];
        Promise.all(tries.map((each) => Promise.resolve(each).catch(refused)))
          .then((answers) => { document.title = JSON.stringify(answers) });
      </script>`,
    );
    await showSources({ page: page(fileAddress(join(folder, "overlay.html"))) });
    await shows(colourAt(0.25, 0.5), "the page").toEqual([255, 0, 0]);
    const title = () =>
      studio.app.evaluate(({ webContents }) => {
        const pages = webContents.getAllWebContents();
        return pages.find((each) => each.getURL().endsWith("overlay.html"))?.getTitle() ?? "";
      });
    const nothing = ["undefined", "undefined", "undefined", null];
    const answers = [nothing, "refused", "refused", "denied", "beside", 404, "refused", "refused"];
    await shows(title, "what it may").toBe(JSON.stringify(answers));
  });

  it("is heard in the mixer, painted only while it is seen, and closed with its scene where that is wished", async () => {
    const tone = join(studio.profile, "tone.html");
    await writeFile(
      tone,
      `${html}<script>
      const context = new AudioContext();
      const tone = new OscillatorNode(context, { frequency: 440 });
      tone.connect(context.destination);
      tone.start();
      setInterval(() => { document.body.style.opacity = Math.random() }, 20);
    </script>`,
    );
    await showSources({ page: page(fileAddress(tone), { closeWhenHidden: true }) });
    await studio.until("levels", (levels) => levels.some(({ id, peakDb }) => id === "page" && peakDb > -3));
    const pages = () =>
      studio.app.evaluate(({ webContents }) =>
        webContents
          .getAllWebContents()
          .filter((each) => each.getURL().endsWith("tone.html"))
          .map((each) => each.isPainting()),
      );
    expect(await pages()).toEqual([true]);
    await act({ kind: "scene-add", sceneId: "empty", name: "Empty" });
    await act({ kind: "programme", sceneId: "empty" });
    await shows(pages, "the hidden page").toEqual([false]);
    await shows(pages, "the page's window").toEqual([]);
  });
});

describe("a window of the screen", () => {
  let program: ChildProcess | undefined;
  /** Another programme's, empty but for its colour. */
  const open = async (colour: string) => {
    const look = ["-title", "Game", "-bg", colour, "-fg", colour, "-geometry", "400x300", "-buttons", ""];
    program = spawn("xmessage", ["-display", studio.display, ...look, "x"], { stdio: "ignore" });
    // As window managers do, and there is none here: windows that nobody manages are not listed (ICCCM, 4.1.3.1).
    const normal = ["-f", "WM_STATE", "32c", "-set", "WM_STATE", "1"];
    const manage = () => run("xprop", ["-display", studio.display, "-name", "Game", ...normal]);
    await expect
      .poll(
        () =>
          manage().then(
            () => true,
            () => false,
          ),
        { timeout: 10_000 },
      )
      .toBe(true);
  };
  const close = async () => {
    if (program === undefined) return;
    const gone = once(program, "exit");
    program.kill();
    await gone;
    program = undefined;
  };
  afterAll(close);

  // What is captured has been YUV.
  const isGreen = ([r = 0, g = 0, b = 0]: number[]) => g > 250 && r < 5 && b < 5;
  const isRed = ([r = 0, g = 0, b = 0]: number[]) => r > 250 && g < 5 && b < 5;

  it("is seen, is missed when it is closed, and comes back when it is opened again", async () => {
    await open("green1");
    const find = async () =>
      (await studio.call("capture.list", undefined)).windows.find(({ name }) => name === "Game");
    await shows(find, "the window in the list").toMatchObject({
      thumbnail: expect.stringMatching(/^data:image/),
    });
    const game = await find();
    await showSources({ game: { kind: "window", windowId: game?.id ?? "", title: "Game" } });
    await shows(() => colourAt(0.5, 0.1)().then(isGreen), "a green window").toBe(true);
    await close();
    await shows(() => state("game"), "the window").toMatchObject({ state: "failed", code: "not_found" });
    await shows(colourAt(0.5, 0.5), "nothing").toEqual([0, 0, 0]);
    await studio.page.getByText(/The window is closed/).waitFor();
    await open("red");
    await shows(() => colourAt(0.5, 0.1)().then(isRed), "a red window").toBe(true);
    await shows(() => state("game"), "the window").toMatchObject({ state: "live" });
    await close();
  });
});

describe("a stinger", () => {
  it("covers the cut with its picture, as see-through as that is, and is heard", async () => {
    const path = join(studio.profile, "stinger.webm");
    // Red on the left, see-through on the right, for two seconds.
    const halves =
      "color=red:s=320x180:r=25:d=2,format=yuva420p,geq=lum='lum(X,Y)':cb='cb(X,Y)':cr='cr(X,Y)':a='255*lt(X,160)'";
    await run("ffmpeg", [
      ...["-hide_banner", "-loglevel", "error", "-f", "lavfi", "-i", halves],
      ...["-f", "lavfi", "-i", "sine=frequency=1000:duration=2,volume=4", "-c:a", "libopus"],
      ...["-c:v", "libvpx-vp9", "-auto-alt-ref", "0", "-deadline", "realtime", "-cpu-used", "8", path],
    ]);
    await showSources({ green: { kind: "colour", colour: "#00ff00" } });
    await act({ kind: "scene-add", sceneId: "after", name: "After" });
    const blue: Source = {
      id: "blue",
      name: "blue",
      settings: { kind: "colour", colour: "#0000ff" },
      filters: [],
    };
    await act({
      kind: "source-add",
      source: blue,
      place: { sceneId: "after", item: filling("b", "blue", CANVAS) },
    });
    await act({ kind: "transition", transition: { kind: "stinger", path, cutAtMs: 1_000 } });
    await shows(colourAt(0.75, 0.5), "the scene before").toEqual([0, 255, 0]);
    const seen = new Set<string>();
    await act({ kind: "programme", sceneId: "after" });
    const look = async () => {
      const [left, right] = [await colourAt(0.25, 0.5)(), await colourAt(0.75, 0.5)()];
      seen.add([left, right].map(([r = 0, g = 0]) => (r > 200 ? "red" : g > 200 ? "green" : "blue")).join());
      return seen;
    };
    const isHeard = studio.until("levels", (levels) =>
      levels.some(({ id, peakDb }) => id === "programme" && peakDb > -15),
    );
    await expect.poll(look, { timeout: 10_000, interval: 20 }).toContain("blue,blue");
    await isHeard;
    expect([...seen]).toEqual(expect.arrayContaining(["red,green", "red,blue"]));
    expect(seen).not.toContain("green,blue");
    await act({ kind: "transition", transition: { kind: "cut" } });
  });
});

describe("the list of scenes", () => {
  it("shows them in small, and again when they have changed, on air or not", async () => {
    const small = (name: string) => () =>
      studio.page
        .getByRole("button", { name })
        .locator("canvas")
        .evaluate((canvas: HTMLCanvasElement) => [
          ...(canvas.getContext("2d")?.getImageData(80, 45, 1, 1).data.slice(0, 3) ?? []),
        ]);
    await showSources({ red: { kind: "colour", colour: "#ff0000" } });
    await act({ kind: "scene-add", sceneId: "unseen", name: "Unseen" });
    const blue: Source = {
      id: "wall",
      name: "Wall",
      settings: { kind: "colour", colour: "#0000ff" },
      filters: [],
    };
    await act({
      kind: "source-add",
      source: blue,
      place: { sceneId: "unseen", item: filling("w", "wall", CANVAS) },
    });
    await shows(small("Unseen"), "the unseen scene").toEqual([0, 0, 255]);
    await act({ kind: "source-settings", sourceId: "wall", settings: { kind: "colour", colour: "#00ff00" } });
    await shows(small("Unseen"), "the unseen scene").toEqual([0, 255, 0]);
    await shows(small("in programme"), "the scene on air").toEqual([255, 0, 0]);
  });
});

describe("what the machine plays", () => {
  it("is offered where there is a sound server, and heard in every scene", async () => {
    expect(await studio.call("capture.sound", undefined)).toEqual({ desktop: true });
    const source: Source = {
      ...{ id: "desktop", name: "Desktop", settings: { kind: "desktop-audio" }, filters: [] },
      sound: soundSchema.parse({}),
    };
    await act({ kind: "source-add", source });
    await studio.until("levels", (levels) =>
      levels.some(({ id, peakDb }) => id === "desktop" && peakDb === -96),
    );
    sound.playTone();
    // ffmpeg's sine has an eighth of full scale, four times louder.
    const isTone = (peakDb: number) => Math.abs(peakDb - -6) < 4;
    await studio.until("levels", (levels) =>
      levels.some(({ id, peakDb }) => id === "desktop" && isTone(peakDb)),
    );
    await studio.until("levels", (levels) =>
      levels.some(({ id, peakDb }) => id === "programme" && isTone(peakDb)),
    );
  });
});
