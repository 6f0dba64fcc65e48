import type { Page } from "playwright-core";
import { afterAll, afterEach, beforeAll, describe, expect, it } from "vitest";
import type { LossyUdp } from "../../server/src/testing/lossy-udp.ts";
import { BAD, throughLine, wayOf, withoutUdp, withRelayAlone } from "./bad-lines.ts";
import { watchFrames } from "./chromium.ts";
import { House, until } from "./house.ts";
import { TurnServer } from "./turn-server.ts";
import { playing, shows } from "./watch-tools.ts";
import { WhepViewer } from "./whep-viewer.ts";
import { type WhipPicture, WhipPublisher } from "./whip-publisher.ts";

const CLOCK: WhipPicture = { width: 640, height: 360, fps: 30, codec: "H264", source: "clock" };

let house: House;
const pages: Page[] = [];
const lines: LossyUdp[] = [];
let turn: TurnServer;
beforeAll(async () => {
  turn = await TurnServer.start("north-by-north");
  house = await House.open({ RTC_ICE_SERVERS: turn.url, RTC_TURN_SECRET: "north-by-north" });
});
afterEach(async () => {
  for (const page of pages.splice(0)) await page.close();
  for (const line of lines.splice(0)) await line[Symbol.asyncDispose]();
});
afterAll(async () => {
  await house?.[Symbol.asyncDispose]();
  await turn?.[Symbol.asyncDispose]();
});

async function newPage(): Promise<Page> {
  const { page } = await house.visit("/");
  pages.push(page);
  return page;
}

async function prepare(username: string) {
  const { rest } = await house.streamer(username);
  const stream = await rest.startStream({ title: username, latency_mode: "ultra-low" });
  return { key: stream.stream_key, whep: `${house.server.url}/whep/${stream.stream_id}` };
}

const publish = (page: Page, key: string) =>
  WhipPublisher.publish(page, `${house.server.url}/whip`, key, CLOCK);

/** New pictures again and again, for the picture is to go on, not to come once. How soon is for the soak. */
async function expectGoingOn(viewer: WhepViewer, times: number): Promise<void> {
  const fresh = async () => {
    const beganMs = Date.now();
    const frames = await watchFrames(viewer.page, 1_000);
    return frames.filter(({ madeAtMs }) => madeAtMs > beganMs - 2_000);
  };
  for (let time = 0; time < times; time += 1)
    await until(`pictures, ${time + 1}. time`, async () => (await fresh()).length > 5);
}

describe("5 % loss and 50 ms of jitter", () => {
  it("on a viewer's line and on a WHIP publisher's: picture and sound go on", async () => {
    const { key, whep } = await prepare("bad_both");
    const [home, away] = [await newPage(), await newPage()];
    const up = await throughLine(home, BAD);
    const down = await throughLine(away, BAD, 2);
    await publish(home, key);
    const viewer = await WhepViewer.watch(away, whep);
    lines.push(...up, ...down);
    await expectGoingOn(viewer, 4);
    await until("sound", async () => (await viewer.stats()).audioLevel > 0.05);
    expect(up[0]?.lost.up).toBeGreaterThan(5);
    expect(down[0]?.lost.down).toBeGreaterThan(5);
  });
});

describe("behind a firewall", () => {
  it("that lets no UDP through WHIP and WHEP go by TCP", async () => {
    const { key, whep } = await prepare("tcp_only");
    const [home, away] = [await newPage(), await newPage()];
    await withoutUdp(home);
    await withoutUdp(away);
    await publish(home, key);
    const viewer = await WhepViewer.watch(away, whep);
    await expectGoingOn(viewer, 2);
    await until("sound", async () => (await viewer.stats()).audioLevel > 0.05);
    for (const page of [home, away]) expect(await wayOf(page)).toMatch(/^tcp/);
  });

  it("that lets nothing through both go by the TURN server that the answers name", async () => {
    const { key } = await prepare("by_turn");
    const [home, away] = [await newPage(), await newPage()];
    for (const page of [home, away]) await withRelayAlone(page);
    await home.reload();
    await publish(home, key);
    await away.goto(`${house.server.url}/by_turn`);
    await playing(away);
    await shows(() => away.getByTestId("player").getAttribute("data-tier"), "the tier").toBe("ultra");
    const moving = async () => (await watchFrames(away, 500)).length > 5;
    await until("pictures", moving);
    for (const page of [home, away]) expect(await wayOf(page)).toBe("udp relay");
  });
});
