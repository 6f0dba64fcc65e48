import { mkdir, writeFile } from "node:fs/promises";
import { createServer, type Server } from "node:http";
import type { AddressInfo } from "node:net";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { shows } from "../../web-viewer/e2e/watch-tools.ts";
import type { Command } from "../src/model/commands.ts";
import { filling } from "../src/model/default-document.ts";
import { type SourceSettings, soundSchema } from "../src/model/document.ts";
import { fileAddress } from "../src/model/file-address.ts";
import { Studio } from "./launch.ts";

const CANVAS = { width: 640, height: 360, fps: 30 };

let studio: Studio;
let shown = 0;
const act = async (command: Command) => {
  const { refusal } = await studio.call("document.do", { command, gesture: null });
  expect(refusal).toBeNull();
};
beforeAll(async () => {
  studio = await Studio.launch({ realDevices: true });
  await act({ kind: "canvas", canvas: CANVAS, scaleItems: false });
  await act({ kind: "transition", transition: { kind: "cut" } });
});
afterAll(async () => {
  await studio?.[Symbol.asyncDispose]();
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

  it("says when it cannot be reached, and comes back by itself", async () => {
    status = 503;
    await showSources({ page: page(`${address}again`) });
    await shows(() => state("page"), "the page").toMatchObject({ state: "failed", code: "unreachable" });
    await shows(colourAt(0.25, 0.5), "nothing").toEqual([0, 0, 0]);
    status = 200;
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
