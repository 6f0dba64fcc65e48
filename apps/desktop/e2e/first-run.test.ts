import { readFile } from "node:fs/promises";
import { formatBitrate } from "@footlight/ui/format.ts";
import type { Locator, Page } from "playwright-core";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { RestClient } from "../../server/src/testing/rest-client.ts";
import { TestServer } from "../../server/src/testing/test-server.ts";
import { Axe } from "../../web-viewer/e2e/axe.ts";
import { shows } from "../../web-viewer/e2e/watch-tools.ts";
import { Line } from "../test/line.ts";
import { Studio } from "./launch.ts";

const SMALL = [{ width: 1024, height: 700 }];
const LINE_BPS = 3_000_000;

let server: TestServer;
let studio: Studio;
let line: Line;
let page: Page;
let axe: Axe;

beforeAll(async () => {
  [server, studio, axe] = await Promise.all([
    TestServer.start({ LOG_LEVEL: "warn" }),
    Studio.launch({ args: [] }),
    Axe.read(),
  ]);
  line = await Line.to(server.httpPort);
  page = studio.page;
  await RestClient.signUp(server.url, "mira");
});
afterAll(async () => {
  await studio?.[Symbol.asyncDispose]();
  await line?.[Symbol.asyncDispose]();
  await server?.[Symbol.asyncDispose]();
});

const button = (name: string | RegExp): Locator => page.getByRole("button", { name, exact: true });
const title = (name: string) => page.getByRole("heading", { level: 1, name }).waitFor();
const video = async () => (await studio.topic("settings")).video;
const kinds = async () => {
  const { sources, scenes, globalSound } = await studio.topic("document");
  const kindOf = (id: string) => sources[id]?.settings.kind;
  return [...(scenes[0]?.items ?? []).map(({ sourceId }) => kindOf(sourceId)), ...globalSound.map(kindOf)];
};

describe("the first run", () => {
  it("begins with a word of what comes, and goes on by keyboard", async () => {
    await title("Welcome to Footlight");
    await axe.expectClean(page, "the welcome", SMALL);
    await page.keyboard.press("Tab");
    await page.keyboard.press("Enter");
    await title("Where shall your broadcasts go?");
    await button("Back").click();
    await title("Welcome to Footlight");
    await button("Set the studio up").click();
  });

  it("signs in to a server, after saying what was wrong", async () => {
    await axe.expectClean(page, "the sign-in", SMALL);
    line.bitrateBps = LINE_BPS;
    await page.getByLabel("Server", { exact: true }).fill(`http://${new URL(line.url).host}`);
    await page.getByLabel("Username").fill("mira");
    await page.getByLabel("Password", { exact: true }).fill("wrong");
    await button("Sign in").click();
    await page.getByText("Username or password is wrong.").waitFor();
    await page.getByLabel("Password", { exact: true }).fill("correct horse mira");
    await button("Sign in").click();
    await title("Your line and this machine");
  });

  it("measures the line as it is, then the encoders", async () => {
    const bar = page.getByRole("progressbar", { name: "Your line, upwards" });
    await shows(async () => Number(await bar.getAttribute("aria-valuenow")), "the bar").toBeGreaterThan(20);
    await page.getByText(/^\d+ found$/).waitFor();
    await axe.expectClean(page, "what was measured", SMALL);
    const figure = await page.locator(".finding-figure").first().textContent();
    expect(figure).toMatch(/Mbps|kbps/);
    // Not what buffers on the way swallowed: what came through.
    const [amount = "", unit] = figure?.split(" ") ?? [];
    expect(Number(amount) * (unit === "Mbps" ? 1e6 : 1e3)).toBeLessThan(LINE_BPS * 1.1);
    await button("Go on").click();
  });

  it("shows camera and microphone while they are on, and no longer", async () => {
    await page.getByText(/^Camera is on, \d+ × \d+ at \d+$/).waitFor();
    await page.getByText(/^Microphone is on/).waitFor();
    const isPlaying = () =>
      page.getByLabel("Your camera").evaluate((it) => (it as HTMLVideoElement).currentTime > 0);
    await shows(isPlaying, "the camera's picture").toBe(true);
    // The made-up microphone beeps.
    const peak = () =>
      page
        .getByRole("img", { name: "Level of your microphone" })
        .evaluate((it) =>
          Number.parseFloat(/[\d.]+/.exec((it.children[0] as HTMLElement).style.transform)?.[0] ?? "0"),
        );
    await shows(peak, "the level, percent").toBeGreaterThan(20);
    await button("Show my screen").click();
    await page.getByText(/^Screen, \d+ × \d+$/).waitFor();
    await page.getByRole("combobox", { name: "Screen" }).selectOption("No screen");
    await axe.expectClean(page, "the devices", SMALL);
    const stream = await page.evaluateHandle(() => document.querySelector("video")?.srcObject as MediaStream);
    await button("Go on").click();
    await title("This is how you would go on air");
    expect(await stream.evaluate((it) => it.getTracks().map((track) => track.readyState))).toEqual(["ended"]);
  });

  it("proposes what a slow line holds, each with its reason, and takes a change", async () => {
    await axe.expectClean(page, "the proposal", SMALL);
    await page
      .getByText(/Your line carried [\d.]+ [kM]bps/)
      .first()
      .waitFor();
    await button("Change bitrate").click();
    await page.getByLabel("Bitrate, kbps").fill("9000");
    await page.keyboard.press("Enter");
    await page.getByText("This is more than your line was good for.").waitFor();
    await button("As proposed").click();
    const shown = await page.locator(".proposal-value").nth(1).textContent();
    await button("Open the control room").click();
    await page.getByRole("button", { name: "Go live", exact: true }).waitFor();
    const settled = await video();
    expect(formatBitrate(settled.bitrateBps)).toBe(shown);
    expect(settled.bitrateBps).toBeLessThan(LINE_BPS * 0.75);
    expect(settled.height).toBeLessThan(1080);
    expect(settled.encoder).not.toBe("auto");
    expect((await studio.topic("document")).canvas).toEqual({
      ...{ width: settled.width, height: settled.height, fps: settled.fps },
    });
  });

  it("has put camera and microphone into the first scene", async () => {
    expect(await kinds()).toEqual(["camera", "microphone"]);
    const states = async () => Object.values(await studio.topic("sources")).map(({ state }) => state);
    await shows(states, "the sources").toContain("live");
  });
});

describe("with a key of another service", () => {
  it("says that its line cannot be measured, and plans with an ordinary one", async () => {
    await studio.call("account.sign-out", undefined);
    await studio.call("settings.change", { welcomed: false });
    await button("Set the studio up").click();
    await page.getByRole("tab", { name: "Another service" }).click();
    await page.getByLabel("Address").fill("rtmp://live.example.org/app");
    await page.getByLabel("Stream key", { exact: true }).fill("secret-key");
    await button("Save and go on").click();
    await page.getByText(/^Only a Footlight server that you are signed in to takes a test/).waitFor();
    await button("Skip the rest").click();
    await button("Go on").click();
    await page.getByText(/^Your line was not measured/).waitFor();
    await button("Open the control room").click();
    await shows(async () => (await video()).bitrateBps, "the bitrate").toBe(3_000_000);
    expect(await studio.topic("targets")).toMatchObject([{ kind: "rtmp", hasKey: true, enabled: true }]);
  });
});

describe("measuring again", () => {
  it("is for a studio that signed in without anybody at the window, and says when the server is away", async () => {
    const env = { FOOTLIGHT_PASSWORD: "correct horse mira" };
    const args = [`--server=http://${new URL(line.url).host}`, "--username=mira"];
    await using another = await Studio.launch({ args, env });
    await another.until("account", ({ username }) => username === "mira");
    await another.until("engine", ({ encoder }) => encoder === "ready");
    const encoder = await another.app.evaluate(
      ({ app }) => app.getAppMetrics().find(({ name }) => name === "Footlight encoder")?.pid,
    );
    expect(await readFile(`/proc/${encoder}/environ`, "utf8")).not.toContain(env.FOOTLIGHT_PASSWORD);

    line.cut();
    page = another.page;
    await button("Settings").click();
    await page.getByRole("tab", { name: "Picture and sound" }).click();
    await button("Measure again").click();
    await page.getByText("Your server stopped answering.").waitFor();
    await page.getByText(/^\d+ found$/).waitFor();
    line.isDown = false;
    line.bitrateBps = undefined;
    await button("Try again").click();
    await page.getByText(/^As http:.* counted it\.$/).waitFor();
    const shown = await page.locator(".proposal-value").nth(1).textContent();
    await button("Take this").click();
    await shows(
      async () => formatBitrate((await another.topic("settings")).video.bitrateBps),
      "the bitrate",
    ).toBe(shown);
  });
});
