import { setImmediate } from "node:timers/promises";
import { describe, expect, it } from "vitest";
import { type Updater, Updates } from "./updates.ts";

function begin(updater: Partial<Updater> = {}, isBusy = false) {
  const world = { isBusy, done: [] as string[] };
  const all: Updater = {
    check: async () => ({ isNewer: true }),
    download: async () => void world.done.push("downloaded"),
    install: () => world.done.push("installed"),
    ...updater,
  };
  const updates = new Updates(
    (onVersion) => {
      onVersion("9.9.9");
      return all;
    },
    {
      isBusy: () => world.isBusy,
      onReady: (version) => world.done.push(`ready ${version}`),
      onThere: (version, address) => world.done.push(`${version} at ${address}`),
      onFault: (_error, what) => world.done.push(what),
    },
  );
  return { updates, world };
}

describe("updates", () => {
  it("are fetched and told, and put in place when asked", async () => {
    using updates = begin().updates;
    await setImmediate();
    expect(updates.ready).toBe("9.9.9");
  });

  it("are only told where the studio cannot put them in place", async () => {
    const { updates, world } = begin({ byHand: "https://feed/" });
    await setImmediate();
    updates.follow();
    updates.install();
    await setImmediate();
    expect([world.done, updates.ready]).toEqual([["9.9.9 at https://feed/"], null]);
    updates[Symbol.dispose]();
  });

  it("wait for the end of a broadcast, with the download and with the restart", async () => {
    const { updates, world } = begin({}, true);
    await setImmediate();
    updates.follow();
    await setImmediate();
    expect([world.done, updates.ready]).toEqual([[], null]);
    world.isBusy = false;
    updates.follow();
    await setImmediate();
    expect(world.done).toEqual(["downloaded", "ready 9.9.9"]);
    world.isBusy = true;
    updates.install();
    expect(world.done).not.toContain("installed");
    world.isBusy = false;
    updates.install();
    expect(world.done).toContain("installed");
    updates[Symbol.dispose]();
  });

  it("are none where the feed has none, is silent, or tells another hash", async () => {
    const none = begin({ check: async () => ({ isNewer: false }) });
    const silent = begin({ check: () => Promise.reject(new Error("no answer")) });
    const forged = begin({ download: () => Promise.reject(new Error("sha512 checksum mismatch")) });
    await setImmediate();
    expect(none.world.done).toEqual([]);
    expect(silent.world.done).toEqual(["the feed of updates does not answer"]);
    expect(forged.world.done).toEqual(["the update could not be fetched, or was not what the feed says"]);
    for (const { updates } of [none, silent, forged]) {
      updates.install();
      expect(updates.ready).toBeNull();
      updates[Symbol.dispose]();
    }
  });
});
