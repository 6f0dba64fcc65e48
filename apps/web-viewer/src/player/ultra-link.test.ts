import { describe, expect, it } from "vitest";
import { UltraFollower, type UltraNews, type UltraState } from "./ultra-link.ts";

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
    tell: (epoch: number, available = true) => tell({ epoch, available, clock: null }),
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
    tell(9);
    expect(news.at(-1)).toBe("hopeful");
  });

  it("is hopeful when workers are back", () => {
    const { news, tell } = setUp();
    tell(7, false);
    tell(7, true);
    expect(news).toEqual(["nothing", "hopeful"]);
  });
});
