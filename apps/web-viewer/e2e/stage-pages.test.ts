import { readdirSync, readFileSync } from "node:fs";
import type { WebSocketRoute } from "playwright-core";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { Axe } from "./axe.ts";
import { TestBrowser } from "./chromium.ts";
import { House } from "./house.ts";
import { signUpThrough } from "./sign-up.ts";
import {
  admit,
  choose,
  enterGreenRoom,
  inviteByLink,
  loudest,
  moves,
  openStage,
  type StagePerson,
  tile,
} from "./stage-people.ts";

/** The server's media workers. */
function workersOf(pid: number): number[] {
  const children = readdirSync(`/proc/${pid}/task`).flatMap((task) =>
    readFileSync(`/proc/${pid}/task/${task}/children`, "utf8").split(" ").filter(Boolean).map(Number),
  );
  return children.filter((child) =>
    readFileSync(`/proc/${child}/cmdline`, "utf8").includes("mediasoup-worker"),
  );
}

describe("the pages of a stage", () => {
  let house: House;
  let elsewhere: TestBrowser;
  let host: StagePerson;
  let axe: Axe;

  beforeAll(async () => {
    axe = await Axe.read();
    house = await House.open();
    elsewhere = await TestBrowser.launch();
    host = await openStage(house, "mira");
  });
  afterAll(async () => {
    await elsewhere?.[Symbol.asyncDispose]();
    await house?.[Symbol.asyncDispose]();
  });

  it("say over plain HTTP why there is neither camera nor microphone, and let guests in", async () => {
    const link = await inviteByLink(host.page, "Ada");
    await elsewhere.context.addInitScript(() => {
      if (sessionStorage.getItem("plain") === null) return;
      // As a browser has it on a page without encryption.
      Object.defineProperty(navigator, "mediaDevices", { value: undefined });
      Object.defineProperty(globalThis, "isSecureContext", { value: false });
    });
    const page = await elsewhere.context.newPage();
    await page.goto(house.server.url);
    await page.evaluate(() => sessionStorage.setItem("plain", "yes"));
    await page.goto(link);
    await page.getByLabel("Your name").waitFor();
    await axe.expectClean(page, "door");
    await page.getByLabel("Your name").fill("Ada");
    await page.getByRole("button", { name: "Enter the green room" }).click();
    await page.getByText("plain HTTP").waitFor();
    await page.getByText("https://").waitFor();
    await axe.expectClean(page, "green room without devices");
    const ada = { ...host, name: "Ada", page };
    await admit(host.page, ada);
    await moves(page, "mira");
    await choose(host.page, "Ada", "Remove from the stage");
    await page.getByTestId("stage-end-removed").waitFor();
    await axe.expectClean(page, "removed");
    await page.close();
  });

  it("are clean to axe, wide and narrow, dark and light", async () => {
    const link = await inviteByLink(host.page, "Ben");
    const ben = await enterGreenRoom(elsewhere, link, "Ben");
    await ben.page.getByLabel("Your camera").waitFor();
    await axe.expectClean(ben.page, "green room");
    await admit(host.page, ben);
    await moves(ben.page, "mira");
    await axe.expectClean(ben.page, "on stage");
    await axe.expectClean(host.page, "host's desk");
    await ben.page.getByRole("button", { name: "Leave" }).click();
    await ben.page.getByRole("alertdialog").getByRole("button", { name: "Leave" }).click();
    await ben.page.getByTestId("stage-end-left").waitFor();
    await ben.page.getByRole("button", { name: "Come back" }).click();
    await ben.page.getByTestId("green-room").waitFor();
    await ben.page.close();
  });

  it("bring in by name who has an account, to co-stream with the consent of both", async () => {
    const page = await elsewhere.context.newPage();
    await signUpThrough(page, house.server.url, "olga");
    await host.page.getByRole("tab", { name: "By username" }).click();
    await host.page.getByRole("textbox", { name: "Username" }).fill("olga");
    await host.page.getByRole("button", { name: "Invite", exact: true }).click();
    await host.page.getByText("olga finds the invitation").waitFor();
    await page.goto(`${house.server.url}/dashboard/stage`);
    await page.getByText("mira invites you on stage").waitFor();
    await page.getByRole("button", { name: "Accept" }).click();
    await page.getByTestId("green-room").waitFor();
    await admit(host.page, { ...host, name: "olga", page });
    await moves(page, "mira");
    await moves(host.page, "olga");
    const note = host.page.locator('[data-testid="person"][data-name="olga"]');
    await choose(host.page, "olga", "Offer to co-stream");
    await page.getByRole("button", { name: "Show it on my channel" }).click();
    await note.getByText("co-streaming", { exact: false }).waitFor();
    await page.getByText("Your channel shows this stream").waitFor();
    await choose(host.page, "olga", "End co-streaming");
    await expect.poll(() => page.getByText("Your channel shows this stream").count()).toBe(0);
    await page.reload();
    await moves(page, "mira");
    await page.close();
  });

  it("share a screen, and change camera and microphone while the others look on", async () => {
    const eve = await enterGreenRoom(elsewhere, await inviteByLink(host.page, "Eve"), "Eve");
    await admit(host.page, eve);
    await moves(host.page, "Eve");
    await eve.page.getByRole("button", { name: "Devices" }).click();
    const cameraOf = () =>
      tile(eve.page, "Eve")
        .locator("video")
        .evaluate((video) => {
          const { srcObject } = video as HTMLVideoElement;
          return srcObject instanceof MediaStream
            ? srcObject.getVideoTracks()[0]?.getSettings().deviceId
            : "";
        });
    for (const kind of ["Camera", "Microphone"]) {
      const select = eve.page.getByLabel(kind, { exact: true });
      const ids = await select
        .locator("option")
        .evaluateAll((all) => all.map((each) => Reflect.get(each, "value")));
      // The second camera that Chromium makes up is one of depths, which no encoder takes.
      const other = String(ids.at(-1));
      expect(other).not.toBe(await select.inputValue());
      await select.selectOption(other);
      if (kind === "Camera") await expect.poll(cameraOf).toBe(other);
      await expect.poll(() => select.inputValue()).toBe(other);
    }
    await moves(host.page, "Eve");
    await expect.poll(() => loudest(host.page, 1_000), { timeout: 15_000 }).toBeGreaterThan(0.05);

    await eve.page.getByRole("button", { name: "Share screen" }).click();
    await moves(host.page, "Eve", "screen");
    await eve.page.getByRole("button", { name: "Stop sharing" }).click();
    await expect.poll(() => tile(host.page, "Eve", "screen").count(), { timeout: 10_000 }).toBe(0);
    expect(eve.log.complaints).toEqual([]);
    await eve.page.close();
  });

  it("keep the media over a broken socket, and build them anew when the media worker dies", async () => {
    const cleo = await enterGreenRoom(elsewhere, await inviteByLink(host.page, "Cleo"), "Cleo");
    await admit(host.page, cleo);
    const sockets: WebSocketRoute[] = [];
    await cleo.page.routeWebSocket(/\/realtime$/, (socket) => {
      const server = socket.connectToServer();
      sockets.push(socket, server);
    });
    await cleo.page.reload();
    await moves(cleo.page, "mira");
    const trackId = () =>
      tile(cleo.page, "mira")
        .locator("video")
        .evaluate((video) => {
          const { srcObject } = video as HTMLVideoElement;
          return srcObject instanceof MediaStream ? srcObject.getTracks()[0]?.id : undefined;
        });
    const before = await trackId();
    const [first, server] = sockets;
    await server?.close({ code: 4500 });
    await first?.close({ code: 4500 });
    await expect.poll(() => sockets.length, { timeout: 10_000 }).toBe(4);
    await cleo.page.getByRole("button", { name: "Raise hand" }).click();
    await host.page.getByRole("button", { name: "Lower Cleo’s hand" }).click();
    await moves(cleo.page, "mira");
    expect(await trackId()).toBe(before);

    const [worker] = workersOf(house.server.pid);
    process.kill(worker ?? Number.NaN, "SIGKILL");
    await expect.poll(trackId, { timeout: 15_000 }).not.toBe(before);
    await moves(cleo.page, "mira");
    await moves(host.page, "Cleo");
    await cleo.page.close();
  });

  it("show the picture of the host's encoder in the green room and on stage", async () => {
    const { page: dashboard } = await house.visit("/dashboard");
    await dashboard.getByTestId("reveal-key").click();
    const key = dashboard.getByTestId("stream-key");
    await expect.poll(() => key.textContent()).not.toContain("•");
    house.publish((await key.textContent()) ?? "");
    await dashboard.close();
    const dora = await enterGreenRoom(elsewhere, await inviteByLink(host.page, "Dora"), "Dora");
    await dora.page.getByText("ON NOW").waitFor({ timeout: 30_000 });
    await dora.page.getByRole("button", { name: "Listen to the stream" }).click();
    await expect.poll(() => loudest(dora.page, 1_000), { timeout: 15_000 }).toBeGreaterThan(0.02);
    await admit(host.page, dora);
    await moves(dora.page, "mira", "programme");
    await moves(dora.page, "mira");
    await dora.page.close();
  });

  it("tell a stranger that a stage is by invitation", async () => {
    const stranger = await house.browser.context.newPage();
    await stranger.goto(`${house.server.url}/stage/nosuchstage00`);
    await stranger.getByTestId("stage-end-closed").waitFor();
    const { page } = await house.visit("/stage/no");
    await page.getByRole("heading", { level: 1 }).waitFor();
    await stranger.close();
    await page.close();
  });
});
