import { mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, expect, it } from "vitest";
import type { ToEncoder } from "../../contract/encoder-control.ts";
import { defaultSettings } from "../system/preferences.ts";
import { encodePlan } from "./encode-plan.ts";
import { Replay } from "./replay.ts";

let folder = "";
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), "footlight-replay-"));
});
afterAll(() => rm(folder, { recursive: true, force: true }));

function house(into = join(folder, "Footlight")) {
  const sent: ToEncoder[] = [];
  const news: string[][] = [];
  const world = { seconds: 30, isReady: true };
  const replay = new Replay({
    encoder: {
      get isReady() {
        return world.isReady;
      },
      send: (message) => sent.push(message),
    },
    folder: () => into,
    seconds: () => world.seconds,
    encode: () => encodePlan(defaultSettings("/videos"), []),
    onChange: () => {},
    onNews: (...piece) => news.push(piece),
    now: () => new Date(2026, 4, 4, 18, 30, 5),
  });
  return { replay, sent, news, world };
}

it("keeps the last seconds, saves them once at a time and says where", async () => {
  const { replay, sent, news, world } = house();
  expect(await replay.save()).toBe("replay_off");
  expect(replay.start()).toBeNull();
  world.seconds = 60;
  replay.settingsChanged();
  expect(sent).toMatchObject([
    { kind: "replay-buffer", seconds: 30 },
    { kind: "replay-buffer", seconds: 60 },
  ]);
  expect(await replay.save()).toBeNull();
  expect(await replay.save()).toBeNull();
  const path = join(folder, "Footlight", "Replay 2026-05-04 18-30-05.mp4");
  expect(sent.slice(2)).toEqual([{ kind: "save-replay", path }]);
  replay.take({ kind: "replay", state: "saved", path });
  expect(news).toEqual([["replay_saved", path]]);
  expect(replay.snapshot).toEqual({ on: true, saving: false });
  replay.stop();
  expect(sent.at(-1)).toMatchObject({ kind: "replay-buffer", seconds: 0 });
});

it("begins anew with a new encoder, and not without one", () => {
  const { replay, sent, world } = house();
  world.isReady = false;
  expect(replay.start()).toBe("encoder_down");
  replay.resume();
  expect(sent).toEqual([]);
  world.isReady = true;
  replay.start();
  replay.resume();
  expect(sent).toHaveLength(2);
});

it("says why it cannot be written", async () => {
  await writeFile(join(folder, "file"), "");
  const { replay } = house(join(folder, "file", "below"));
  replay.start();
  expect(await replay.save()).toBe("unwritable");
  expect(replay.snapshot).toEqual({ on: true, saving: false });
});
