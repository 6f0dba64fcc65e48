import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { TestBrowser } from "./chromium.ts";
import { House } from "./house.ts";
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
import { phaseIs, playing, shows } from "./watch-tools.ts";

/** Nobody speaks, up to what codecs make of silence. */
const SILENCE = 0.005;

describe("a stage", () => {
  let house: House;
  let elsewhere: TestBrowser;
  let host: StagePerson;
  let ada: StagePerson;
  let ben: StagePerson;
  let cleo: StagePerson;
  let adasLink: string;

  beforeAll(async () => {
    house = await House.open();
    elsewhere = await TestBrowser.launch();
    host = await openStage(house, "mira");
  });
  afterAll(async () => {
    await elsewhere?.[Symbol.asyncDispose]();
    await house?.[Symbol.asyncDispose]();
  });

  const tilesOf = ({ page }: StagePerson) => page.getByTestId("tile-camera").count();

  it("lets guests in by link, whose token leaves the address at once", async () => {
    adasLink = await inviteByLink(host.page, "Ada");
    expect(adasLink).toMatch(/\/stage\/[\w-]+#[\w-]{22,}$/);
    ada = await enterGreenRoom(elsewhere, adasLink, "Ada");
    expect(ada.page.url()).toBe(adasLink.replace(/#.*/, ""));
    ben = await enterGreenRoom(elsewhere, await inviteByLink(host.page, "Ben"), "Ben");
    cleo = await enterGreenRoom(elsewhere, await inviteByLink(host.page, "Cleo"), "Cleo");
    await ada.page.getByLabel("Microphone level").waitFor();
    await shows(() => ada.page.getByLabel("Your camera").count(), "Ada's preview").toBe(1);
  });

  it("shows the second person of a link that it has been used", async () => {
    const { page } = await house.visit(new URL(adasLink).pathname + new URL(adasLink).hash);
    await page.getByTestId("stage-end-used").waitFor();
    await page.close();
  });

  it("brings on who is admitted: all see and hear each other", async () => {
    for (const guest of [ada, ben, cleo]) await admit(host.page, guest);
    for (const person of [host, ada, ben, cleo]) {
      for (const { name } of [host, ada, ben, cleo]) await moves(person.page, name);
    }
    await shows(() => loudest(ada.page, 1_500), "the sound of the others").toBeGreaterThan(0.05);
  });

  it("tells who is muted by the host, and silences them", async () => {
    for (const { page } of [ada, ben]) await page.getByRole("button", { name: "Mute microphone" }).click();
    await host.page.getByRole("toolbar").getByRole("button", { name: "Mute microphone" }).click();
    await shows(() => loudest(ada.page, 1_500), "Cleo alone").toBeGreaterThan(0.05);
    await host.page.getByRole("button", { name: "Mute Cleo" }).click();
    await cleo.page.getByText("The host has muted you").waitFor();
    await tile(ada.page, "Cleo").getByLabel("Muted").waitFor();
    await shows(() => loudest(ada.page, 1_500), "silence").toBeLessThan(SILENCE);
    await host.page.getByRole("button", { name: "Unmute Cleo" }).click();
    await shows(() => loudest(ada.page, 1_500), "Cleo again").toBeGreaterThan(0.05);
  });

  it("shows a raised hand until the host lowers it", async () => {
    await ben.page.getByRole("button", { name: "Raise hand" }).click();
    await host.page.getByRole("button", { name: "Lower Ben’s hand" }).click();
    await ben.page.getByRole("button", { name: "Raise hand" }).waitFor();
  });

  it("arranges everybody as the host chooses", async () => {
    await host.page.getByRole("button", { name: "Spotlight" }).click();
    await host.page.getByRole("group", { name: "Who is large" }).getByRole("button", { name: "Ben" }).click();
    const share = async () => {
      const [large, small] = [
        await tile(ada.page, "Ben").boundingBox(),
        await tile(ada.page, "Cleo").boundingBox(),
      ];
      return (large?.width ?? 0) / (small?.width ?? 1);
    };
    await shows(share, "Ben is large").toBeGreaterThan(2);
    await host.page.getByRole("button", { name: "Grid" }).click();
    await shows(share, "all are equal").toBe(1);
  });

  it("removes a guest for good", async () => {
    await choose(host.page, "Cleo", "Remove from the stage");
    await cleo.page.getByTestId("stage-end-removed").waitFor();
    await shows(() => tilesOf(ada), "Ada sees three").toBe(3);
    await cleo.page.reload();
    await cleo.page.getByTestId("stage-end-by_invitation").waitFor();
  });

  it("keeps everybody's place while host and guests reload", async () => {
    await host.page.reload();
    await moves(host.page, "Ada");
    await moves(ada.page, "mira");
    await ben.page.reload();
    await moves(ben.page, "Ada");
    await moves(ada.page, "Ben");
    expect(await tilesOf(host)).toBe(3);
  });

  it("is broadcast from the host's browser, past a reload, and guests do not hear themselves", async () => {
    await host.page.getByRole("button", { name: "Broadcast from this browser" }).click();
    await host.page.locator('[data-testid="on-air"][data-state="live"]').waitFor({ timeout: 20_000 });
    const { page } = await house.visit("/mira");
    await playing(page);
    await host.page.reload();
    await host.page.locator('[data-testid="on-air"][data-state="live"]').waitFor({ timeout: 30_000 });
    await phaseIs(page, "playing");
    await shows(() => ada.page.getByTestId("tile-programme").count(), "no programme on stage").toBe(0);
    await page.close();
  });

  it("closes for everybody", async () => {
    await host.page.getByRole("button", { name: "Close the stage" }).click();
    await host.page.getByRole("alertdialog").getByRole("button", { name: "Close the stage" }).click();
    await ada.page.getByTestId("stage-end-closed").waitFor();
    await host.page.getByRole("button", { name: "Open the stage" }).waitFor();
    for (const { name, log } of [host, ada, ben])
      expect(log.complaints, `${name}: ${log.failedRequests.join()}`).toEqual([]);
  });
});
