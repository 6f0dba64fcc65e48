import { rest } from "@footlight/shared";
import { expect, it } from "vitest";
import { RestClient } from "../../server/src/testing/rest-client.ts";
import { wayOf, withRelayAlone } from "./bad-lines.ts";
import { House, until } from "./house.ts";
import { admit, enterGreenRoom, inviteByLink, moves, openStage } from "./stage-people.ts";
import { TurnServer } from "./turn-server.ts";

const SECRET = "north-by-north";

it("a host and a guest whose lines let them through to a TURN server alone meet on a stage, which goes on air", async () => {
  await using turn = await TurnServer.start(SECRET);
  await using house = await House.open({ RTC_ICE_SERVERS: turn.url, RTC_TURN_SECRET: SECRET });
  await withRelayAlone(house.browser.context);
  const host = await openStage(house, "mira");
  const own = { username: "mira", password: "correct horse mira" };
  const { token } = await new RestClient(house.server.url).call(
    "POST",
    "/api/v1/sessions",
    rest.SessionAnswer,
    own,
  );
  const user = new RestClient(house.server.url, token);
  const { stream_id } = await user.startStream({ title: "Relayed", latency_mode: "ultra-low" });
  const ada = await enterGreenRoom(house.browser, await inviteByLink(host.page, "Ada"), "Ada");
  await admit(host.page, ada);
  await moves(ada.page, "mira");
  await moves(host.page, "Ada");
  expect(await wayOf(ada.page)).toBe("udp relay");

  await host.page.getByRole("button", { name: "Broadcast from this browser" }).click();
  await host.page.locator('[data-testid="on-air"][data-state="live"]').waitFor({ timeout: 60_000 });
  // The newest connection of the page is the one that publishes.
  expect(await wayOf(host.page)).toBe("udp relay");
  await until("a live stream", async () => (await user.stream(stream_id)).status === "live");
}, 180_000);
