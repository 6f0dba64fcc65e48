import { execFile } from "node:child_process";
import { promisify } from "node:util";
import type { Page } from "playwright-core";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { CODE_AREA, CODE_CELLS, decodeClock } from "../../server/src/testing/clock-code.ts";
import { RealtimeClient } from "../../server/src/testing/realtime-client.ts";
import { RestClient } from "../../server/src/testing/rest-client.ts";
import { median } from "../../web-viewer/e2e/chromium.ts";
import { House, until } from "../../web-viewer/e2e/house.ts";
import { enterGreenRoom, loudest, moves, type StagePerson } from "../../web-viewer/e2e/stage-people.ts";
import type { CallInput } from "../src/contract/studio-calls.ts";
import { GUEST_COLOUR, guestCamera, SCREEN_COLOUR } from "./guest-camera.ts";
import { Studio } from "./launch.ts";

let house: House;
let studio: Studio;
let page: Page;
let mira: RestClient;
let ada: StagePerson;

beforeAll(async () => {
  [house, studio] = await Promise.all([House.open(), Studio.launch()]);
  page = studio.page;
  await guestCamera(house.browser.context);
  mira = await RestClient.signUp(house.server.url, "mira");
  const signIn = { server: house.server.url, username: "mira", password: "correct horse mira" };
  expect(await studio.call("account.sign-in", signIn)).toEqual({ fault: null });
  await studio.call("document.do", {
    command: { kind: "canvas", canvas: { width: 640, height: 360, fps: 30 }, scaleItems: true },
    gesture: null,
  });
  const { video } = await studio.topic("settings");
  const small = { width: 640, height: 360, bitrateBps: 800_000 };
  await studio.call("settings.change", { video: { ...video, ...small } });
});
afterAll(async () => {
  await studio?.[Symbol.asyncDispose]();
  await house?.[Symbol.asyncDispose]();
});

/** The streamer's own, which beeps in a test. */
const microphone: CallInput<"document.do">["command"] = {
  kind: "source-add",
  source: { id: "mic", name: "Mic", settings: { kind: "microphone", deviceId: "default" }, sound: {} },
};

/** A row of the programme, as the window shows it, and when. */
const row = (at: number): Promise<{ pixels: number[][]; atMs: number }> =>
  page.evaluate((at) => {
    const canvas = document.querySelector<HTMLCanvasElement>('canvas[data-view="programme"]');
    const { width, height } = canvas ?? { width: 0, height: 0 };
    const bytes = canvas?.getContext("2d")?.getImageData(0, Math.round(at * height), width, 1).data ?? [];
    const pixels = Array.from({ length: width }, (_, x) => [...bytes.slice(4 * x, 4 * x + 3)]);
    return { pixels, atMs: Date.now() };
  }, at);

const isLike = (colour: readonly number[], rgb: readonly number[] = []): boolean =>
  colour.every((value, i) => Math.abs(value - (rgb[i] ?? 0)) < 40);
const isAda = (rgb: readonly number[]): boolean => isLike(GUEST_COLOUR, rgb);

/** What is seen at a place of the programme, of its width and height. */
const shown = async (x: number, y: number): Promise<number[]> => {
  const { pixels } = await row(y);
  return pixels[Math.round(x * pixels.length)] ?? [];
};

const showsAda = async (): Promise<boolean> => {
  const { pixels } = await row(0.6);
  return isAda(pixels[Math.round(pixels.length / 2)] ?? []);
};

/** The mix, as loud as its meter says now. */
const programmeDb = async (): Promise<number> =>
  (await studio.topic("levels")).find(({ id }) => id === "programme")?.peakDb ?? -96;

/** What viewers of a channel are sent. */
async function playlistOf(username: string): Promise<string> {
  let url = "";
  await until("a stream that can be played", async () => {
    const { streams } = await api<{ streams: { stream_id: string; streamer: { username: string } }[] }>(
      "streams",
    );
    const id = streams.find(({ streamer }) => streamer.username === username)?.stream_id;
    if (id === undefined) return false;
    const { playback_urls, qualities } = await api<{ playback_urls: { hls: string }; qualities: unknown[] }>(
      `streams/${id}/playback`,
    );
    url = playback_urls.hls;
    return qualities.length > 0;
  });
  return url;
}

const api = async <T>(path: string): Promise<T> =>
  (await (await fetch(`${house.server.url}/api/v1/${path}`)).json()) as T;

const decoded = async (playlist: string, output: readonly string[]): Promise<Buffer> => {
  const args = ["-v", "error", "-live_start_index", "-1", "-i", playlist, ...output, "pipe:1"];
  // Nothing where it has to wait for the next segment for too long: it is asked again.
  const decoding = promisify(execFile)("ffmpeg", args, { encoding: "buffer", timeout: 8_000 });
  return (await decoding.catch(() => ({ stdout: Buffer.alloc(0) }))).stdout;
};

/** Of the newest segment, a little below the middle. */
const colourOf = async (playlist: string): Promise<number[]> => {
  const crop = "crop=2:2:iw/2:ih*0.6";
  return [
    ...(await decoded(playlist, ["-frames:v", "1", "-vf", crop, "-pix_fmt", "rgb24", "-f", "rawvideo"])),
  ];
};

/** The loudest sample of the newest segment, 0 to 1. */
const loudnessOf = async (playlist: string): Promise<number> => {
  const bytes = await decoded(playlist, ["-map", "0:a:0", "-t", "1", "-ac", "1", "-f", "s16le"]);
  const samples = Array.from({ length: bytes.length / 2 }, (_, i) => bytes.readInt16LE(2 * i));
  return Math.max(0, ...samples.map(Math.abs)) / 32_768;
};

/** How old a guest's picture is when the studio's window shows it. */
async function delayMs(): Promise<number | undefined> {
  const { pixels, atMs } = await row(CODE_AREA.top + CODE_AREA.height / 2);
  const cells = Array.from({ length: CODE_CELLS }, (_, i) => {
    const x = Math.round((CODE_AREA.left + (CODE_AREA.width * (i + 0.5)) / CODE_CELLS) * pixels.length);
    return (pixels[x]?.[1] ?? 0) > 128;
  });
  const madeAtMs = decodeClock(cells);
  return madeAtMs === undefined ? undefined : atMs - madeAtMs;
}

describe("a guest of the stage", () => {
  it("comes by the studio's link and waits until admitted", async () => {
    await page.getByRole("button", { name: "Guests", exact: true }).click();
    await page.getByRole("button", { name: "Open the stage" }).click();
    await page.getByLabel("For whom").fill("Ada");
    await page.getByRole("button", { name: "Copy a new link" }).click();
    const link = (await page.getByTestId("invite-url").textContent()) ?? "";
    expect(link).toMatch(new RegExp(`^${house.server.url}/stage/[\\w-]+#[\\w-]{22,}$`));
    ada = await enterGreenRoom(house.browser, link, "Ada");
    await page.getByRole("region", { name: "Getting ready" }).getByText("Ada").waitFor();
    await ada.page.getByRole("button", { name: "Ask to enter" }).click();
    await page.getByRole("button", { name: "Admit Ada" }).click();
    await ada.page.getByTestId("on-stage").waitFor();
    await page.getByText("Not in this scene: Ada").waitFor();
  });

  it("comes into the scene by one step, seen and heard in the programme", async () => {
    await page.getByRole("button", { name: "Guests into this scene" }).click();
    await page.getByRole("menuitem", { name: "As a grid" }).click();
    await until("the guest's picture", showsAda);
    await until("the guest's tone", async () => (await programmeDb()) > -30);
    const before = await studio.topic("document");
    await studio.call("document.undo", undefined);
    expect(Object.values((await studio.topic("document")).sources).some(isGuest)).toBe(false);
    await studio.call("document.redo", undefined);
    expect(await studio.topic("document")).toEqual(before);
    await until("the guest again", showsAda);
  });

  it("has a name plate where that is wanted", async () => {
    const [source] = Object.values((await studio.topic("document")).sources).filter(isGuest);
    const plate = async (at: "left" | "none") => {
      const settings = { ...source?.settings, plate: at } as never;
      const command = { kind: "source-settings" as const, sourceId: source?.id ?? "", settings };
      await studio.call("document.do", { command, gesture: null });
    };
    expect(isAda(await shown(0.036, 0.9))).toBe(true);
    await plate("left");
    await until("the plate", async () => isLike([26, 30, 45], await shown(0.036, 0.9)));
    expect(await showsAda()).toBe(true);
    await plate("none");
    await until("no plate", async () => isAda(await shown(0.036, 0.9)));
  });

  it("shares a screen, which is a source of its own, whole and beside the guest", async () => {
    await ada.page.getByRole("button", { name: "Share screen" }).click();
    await page.getByRole("region", { name: "On stage" }).getByText("shares a screen").waitFor();
    await page.getByRole("button", { name: "Guests into this scene" }).click();
    await page.getByRole("menuitem", { name: "The shared screen, people beside it" }).click();
    await until("the screen", async () => isLike(SCREEN_COLOUR, await shown(0.38, 0.5)));
    // 4:3 in 16:9: nothing of it is cut off.
    expect(isLike([0, 0, 0], await shown(0.03, 0.5))).toBe(true);
    expect(isAda(await shown(0.89, 0.5))).toBe(true);
    // The way back to what was before, for what follows.
    await studio.call("document.undo", undefined);
    await until("the guest alone", showsAda);
    await ada.page.getByRole("button", { name: "Stop sharing" }).click();
  });

  it("stays with the window that has the stage, until another one takes over", async () => {
    const auth = { kind: "session" as const, token: mira.token ?? "" };
    using desk = await RealtimeClient.connect(house.server.url, { hello: { auth } });
    const stageId = new URL(ada.page.url()).pathname.split("/").at(-1);
    const here = await desk.request("stage.join", { stageId });
    await page.getByText("You are on this stage in another window").waitFor();
    // It does not take the place back by itself.
    expect(await desk.request("stage.createTransport", { direction: "receive" })).toHaveProperty("id");
    await page.getByRole("button", { name: "Take over here" }).click();
    await until("the guest again", showsAda);
    const back = desk.request("stage.join", { stageId, joinId: here.joinId, anew: true, takeOver: false });
    await expect(back).rejects.toThrow("joined_elsewhere");
  });

  it("is in what the audience gets", async () => {
    const stream = { title: "With a guest", category: "", latencyMode: "low" as const };
    const { state } = await studio.topic("broadcast");
    if (state === "idle") expect(await studio.call("broadcast.start", { stream })).toEqual({ fault: null });
    await studio.until("broadcast", (now) => now.state === "live");
    const playlist = await playlistOf("mira");
    await until("the guest in a segment", async () => isAda(await colourOf(playlist)));
    await until("the guest's tone in a segment", async () => (await loudnessOf(playlist)) > 0.02);
  });

  it("sees the programme and hears the streamer, but not themselves", async () => {
    await moves(ada.page, "mira");
    expect(await loudest(ada.page, 1_500)).toBeLessThan(0.01);
    await studio.call("document.do", { command: microphone, gesture: null });
    await until("the streamer at the guest's", async () => (await loudest(ada.page, 500)) > 0.05);
    await studio.call("document.undo", undefined);
  });

  it("moves in the picture", async () => {
    const delays: number[] = [];
    await until("pictures with a clock that goes", async () => {
      const delay = await delayMs();
      if (delay !== undefined && delay !== delays.at(-1)) delays.push(delay);
      return delays.length >= 8;
    });
    if (process.env["MEASURE"]) process.stdout.write(`from the guest to the window: ${median(delays)} ms\n`);
  });

  it("is back after the engine died", async () => {
    await studio.app.evaluate(({ webContents }) => {
      const engine = webContents.getAllWebContents().find((each) => each.getURL().endsWith("/engine.html"));
      engine?.forcefullyCrashRenderer();
    });
    await studio.until("news", (news) => news.some(({ code }) => code === "engine_restarted"));
    // The window keeps the last picture until there is another.
    await until("the guest", async () => ((await delayMs()) ?? Number.POSITIVE_INFINITY) < 3_000);
    await until("the guest's tone", async () => (await programmeDb()) > -30);
  });

  it("leaves a slate behind, and silence, and the broadcast goes on", async () => {
    await ada.page.close();
    await until("the slate", async () => !(await showsAda()));
    await until("silence", async () => (await programmeDb()) < -60);
    await page.getByRole("region", { name: "On stage" }).getByText("not connected").waitFor();
    expect((await studio.topic("broadcast")).state).toBe("live");
    await studio.call("broadcast.stop", undefined);
    await page.getByText("The stage is closed").waitFor();
  });
});

const isGuest = ({ settings }: { settings: { kind: string } }): boolean => settings.kind === "guest";
