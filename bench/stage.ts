/**
 * A stage's delays, camera to eye, over loopback: from one guest to another, and from the host's programme
 * (RTMP, 640x360@30, passed through) to a guest. Clocks are burnt into the pictures and read in Chromium;
 * everybody is a tab of the web app. `npm run bench -- stage [seconds 10]`
 */
import { CODE_AREA, CODE_CELLS } from "../apps/server/src/testing/clock-code.ts";
import { median, TestBrowser, watchFrames } from "../apps/web-viewer/e2e/chromium.ts";
import { House } from "../apps/web-viewer/e2e/house.ts";
import {
  admit,
  enterGreenRoom,
  inviteByLink,
  moves,
  openStage,
  type StagePerson,
} from "../apps/web-viewer/e2e/stage-people.ts";
import { printMachine, quantile } from "./machine.ts";

const seconds = Number(process.argv[2] ?? 10);
const SETTLE_MS = 5_000;

printMachine();
await using house = await House.open();
await using elsewhere = await TestBrowser.launch();
await elsewhere.context.addInitScript(burnClockIntoCameras, { area: CODE_AREA, cells: CODE_CELLS });
const host = await openStage(house, "mira");
// Nobody looks at it here, and it would take a core.
await host.page.getByRole("button", { name: "Turn camera off" }).click();
const ada = await comeOn("Ada");
const ben = await comeOn("Ben");
await moves(ben.page, "Ada");
await ben.page.waitForTimeout(SETTLE_MS);
report("guest → guest", await delaysMs(ben, "camera", "Ada"));
await ben.page.close();

const { page: dashboard } = await house.visit("/dashboard");
await dashboard.getByTestId("reveal-key").click();
const key = dashboard.getByTestId("stream-key").filter({ hasNotText: "•" });
house.publish((await key.textContent()) ?? "");
await dashboard.close();
await moves(ada.page, "mira", "programme");
await ada.page.waitForTimeout(SETTLE_MS);
report("programme → guest", await delaysMs(ada, "programme", "mira"));

async function comeOn(name: string): Promise<StagePerson> {
  const person = await enterGreenRoom(elsewhere, await inviteByLink(host.page, name), name);
  await admit(host.page, person);
  return person;
}

async function delaysMs({ page }: StagePerson, kind: string, name: string): Promise<number[]> {
  const video = `[data-testid="tile-${kind}"][data-name="${name}"] video`;
  const frames = await watchFrames(page, seconds * 1_000, video);
  return frames.map(({ madeAtMs, shownAtMs }) => shownAtMs - madeAtMs);
}

function report(name: string, delays: readonly number[]): void {
  const ms = (value: number): string => value.toFixed(0);
  console.log(
    `${name}: made → shown, median ${ms(median(delays))} ms [p5 ${ms(quantile(delays, 0.05))}, p95 ${ms(quantile(delays, 0.95))}], ${delays.length} frames in ${seconds} s`,
  );
}

/** Runs in the page: its cameras show a canvas with a clock, as testing/clock-code.ts has it. */
function burnClockIntoCameras({ area, cells }: { area: typeof CODE_AREA; cells: number }): void {
  const encode = (ms: number) => {
    let sum = 0;
    for (let rest = ms; rest > 0; rest = Math.floor(rest / 16)) sum = (sum * 3 + (rest % 16) + 1) % 16;
    const value = ms * 16 + sum;
    return Array.from({ length: cells }, (_, i) => Math.floor(value / 2 ** (cells - 1 - i)) % 2 === 1);
  };
  const camera = (): MediaStreamTrack[] => {
    const canvas = Object.assign(document.createElement("canvas"), { width: 640, height: 360 });
    const paint = canvas.getContext("2d");
    if (paint === null) throw new Error("no canvas");
    const width = (area.width * 640) / cells;
    setInterval(() => {
      const nowMs = Math.round(performance.timeOrigin + performance.now());
      paint.fillStyle = `hsl(${(nowMs / 20) % 360} 60% 40%)`;
      paint.fillRect(0, 0, 640, 360);
      for (const [index, isWhite] of encode(nowMs).entries()) {
        paint.fillStyle = isWhite ? "white" : "black";
        paint.fillRect(area.left * 640 + index * width, area.top * 360, Math.ceil(width), area.height * 360);
      }
    }, 1_000 / 30);
    return canvas.captureStream(30).getVideoTracks();
  };
  const { mediaDevices } = navigator;
  const real = mediaDevices.getUserMedia.bind(mediaDevices);
  mediaDevices.getUserMedia = async ({ audio, video } = {}) => {
    const sound = audio ? (await real({ audio })).getAudioTracks() : [];
    return new MediaStream([...sound, ...(video ? camera() : [])]);
  };
}
