import { describe, expect, it } from "vitest";
import { UltraFollower, type UltraNews, type UltraState } from "./ultra-link.ts";

const CLOCK = { rtpTimestamp: 0, wallMs: 0, source: "arrival" } as const;

const setUp = () => {
  const log: string[] = [];
  const news: UltraNews[] = [];
  let tell: (state: UltraState) => void = () => {};
  const follower = new UltraFollower(
    (streamId, onState) => {
      log.push(`watch ${streamId}`);
      tell = onState;
      return () => log.push(`leave ${streamId}`);
    },
    (what) => news.push(what),
  );
  follower.follow("one");
  return {
    ...{ follower, log, news },
    tell: (epoch: number, available = true, clock: UltraState["clock"] = null) =>
      tell({ epoch, available, clock }),
  };
};

describe("UltraFollower", () => {
  it("watches one stream at a time", () => {
    const { follower, log } = setUp();
    follower.follow("one");
    follower.follow("two");
    follower.follow(undefined);
    expect(log).toEqual(["watch one", "leave one", "watch two", "leave two"]);
  });

  it("says again when the source of the picture in front is another one, not for what led to it", () => {
    const { follower, news, tell } = setUp();
    tell(0);
    tell(7);
    tell(8);
    follower.connected();
    tell(8);
    expect(news).not.toContain("again");
    tell(9);
    expect(news.at(-1)).toBe("again");
    tell(9);
    expect(news.at(-1)).toBe("nothing");
  });

  it("learns late which source it is connected to, and forgets it with the connection", () => {
    const { follower, news, tell } = setUp();
    follower.connected();
    tell(7);
    expect(news).toEqual(["nothing"]);
    tell(8);
    expect(news.at(-1)).toBe("again");
    follower.parted();
    tell(9, true, CLOCK);
    expect(news.at(-1)).toBe("hopeful");
  });

  it("hopes once for each source whose pictures come, not for one that goes", () => {
    const { follower, news, tell } = setUp();
    tell(7, true, CLOCK);
    follower.connected();
    follower.parted();
    for (const epoch of [7, 8]) tell(epoch);
    tell(7, true, CLOCK);
    expect(news.slice(1)).not.toContain("hopeful");
    tell(9);
    tell(9, true, CLOCK);
    tell(9, true, CLOCK);
    expect(news.slice(-3)).toEqual(["nothing", "hopeful", "nothing"]);
  });

  it("is hopeful when workers are back", () => {
    const { news, tell } = setUp();
    tell(7, false);
    tell(7, true);
    expect(news).toEqual(["nothing", "hopeful"]);
  });
});
