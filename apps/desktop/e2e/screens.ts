import { mkdir } from "node:fs/promises";
import { join } from "node:path";
import type { Locator } from "playwright-core";
import { RestClient } from "../../server/src/testing/rest-client.ts";
import { House } from "../../web-viewer/e2e/house.ts";
import { soundSchema } from "../src/model/document.ts";
import { Studio } from "./launch.ts";

/**
 * Pictures of every panel, wide and small, dark and light, for somebody to look at: `npx tsx e2e/screens.ts FOLDER`
 * in apps/desktop, with the studio and the web app built.
 */
const SIZES = [
  { width: 1440, height: 900 },
  { width: 1024, height: 700 },
];
const folder = process.argv[2];
if (folder === undefined) throw new Error("Name the folder that they go to.");
await mkdir(folder, { recursive: true });

await using house = await House.open();
await RestClient.signUp(house.server.url, "mira");
await using studio = await Studio.launch({ args: [`--server=${house.server.url}`] });
const { page } = studio;

const shot = async (name: string): Promise<void> => {
  for (const size of SIZES) {
    await page.setViewportSize(size);
    for (const colorScheme of ["dark", "light"] as const) {
      await page.emulateMedia({ colorScheme });
      // The picture and the colours take a moment to follow.
      await page.waitForTimeout(600);
      await page.screenshot({ path: join(folder, `${name}-${size.width}-${colorScheme}.png`) });
    }
  }
  process.stdout.write(`${name}\n`);
};
const button = (name: string | RegExp): Locator =>
  page.getByRole("button", { name, ...(typeof name === "string" && { exact: true }) });
const add = (id: string, name: string, sound = {}) =>
  studio.call("document.do", {
    command: {
      kind: "source-add",
      source: {
        ...{ id, name, filters: [], sound: soundSchema.parse(sound) },
        settings: { kind: "microphone", deviceId: "default" },
      },
    },
    gesture: null,
  });

await studio.until("engine", ({ engine, encoder }) => engine === "ready" && encoder === "ready");
await shot("idle");
await button("Go live").click();
await shot("go-live-nowhere");
await page.keyboard.press("Escape");
await studio.call("account.sign-in", {
  ...{ server: house.server.url, username: "mira", password: "correct horse mira" },
});
await add("mic", "Microphone of Mira");
await add("desk", "Second microphone on the desk", { talkKey: "push" });
const { settings } = { settings: await studio.topic("settings") };
await studio.call("settings.change", {
  video: { ...settings.video, width: 640, height: 360, bitrateBps: 800_000 },
  recording: { ...settings.recording, folder: join(studio.profile, "videos") },
});
await button("Go live").click();
await page.getByLabel("Title").fill("Evening at the wheel, with a very long name that goes on and on");
await page.getByLabel("Tags").fill("pottery, calm, <bad>");
await shot("go-live");
await page.getByLabel("Tags").fill("pottery, calm");
await page.getByRole("switch", { name: /^Record it here/ }).click();
await page.getByRole("switch", { name: /^Dress rehearsal/ }).click();
await button("Begin the rehearsal").click();
await studio.until("broadcast", ({ state }) => state === "live");
await studio.until("recording", ({ state, bytes }) => state === "recording" && bytes > 0);
await button(/^Keep the last/).click();
await button("Set a marker").click();
await page.getByLabel(/^Marker 1 is set/).fill("The kiln is opened for the first time this year");
await button("Set a marker").click();
await shot("marker");
await page.keyboard.press("Escape");
await shot("rehearsal");
await button("Make it public").click();
const { page: viewer } = await house.visit("/mira");
await viewer.waitForFunction(() => (document.querySelector("video")?.currentTime ?? 0) > 3);
await studio.until("audience", (audience) => (audience?.tiers.length ?? 0) > 0, 40_000);
await button(/ fps,/).click();
await page.locator(".audience-tier summary").first().click();
await shot("on-air");
await button("Change title, category and tags").click();
await shot("stream-info");
await page.keyboard.press("Escape");
await studio.call("settings.change", {
  video: { ...(await studio.topic("settings")).video, keyframeIntervalMs: 4_000 },
});
await studio.call("broadcast.panic", { on: true });
await shot("panic");
await studio.call("broadcast.panic", { on: false });
await button(/^Sound settings of Second/).click();
await shot("sound");
await page.keyboard.press("Escape");
await button("Settings").click();
for (const name of await page.getByRole("tab").allTextContents()) {
  const tab = page.getByRole("dialog").getByRole("tab", { name, exact: true });
  if ((await tab.count()) === 0) continue;
  await tab.click();
  await shot(`settings-${name.toLowerCase().replaceAll(" ", "-")}`);
}
await page.keyboard.press("Escape");
await studio.call("broadcast.stop", undefined);
await button("Done").waitFor();
await shot("summary");
await button("Done").click();
await studio.call("targets.save", {
  ...{ id: null, name: "Nobody answers there", kind: "rtmp", url: "rtmp://127.0.0.1:9/live", key: "x" },
});
void studio.call("broadcast.start", { stream: settings.stream });
await page.locator(".status-trouble").click();
await shot("trouble");
await page.keyboard.press("Escape");
await studio.call("broadcast.stop", undefined);
