import { describe, expect, it } from "vitest";
import { goOnAfter } from "./hlsjs-lists.ts";

class Segment {
  constructor(
    readonly sn: number,
    public start: number,
  ) {}
  get end() {
    return this.start + 2;
  }
  setStart(startS: number) {
    this.start = startS;
  }
}

/** A list of segments of 2 s, the first at 10 s; of the last there are two parts of 1 s. */
function list() {
  const fragments = [new Segment(5, 10), new Segment(6, 12)];
  const [, open] = fragments;
  if (!open) throw new Error("no segment");
  const partList = [0, 1].map((offsetS) => ({
    fragment: open,
    loaded: false,
    elementaryStreams: { audio: null, video: null, audiovideo: null },
    start: open.start + offsetS,
    end: open.start + offsetS + 1,
  }));
  return { fragments, partList };
}

describe("another rung's list", () => {
  it("begins where the buffer ends, be it a hair before", () => {
    const details = list();
    goOnAfter(details, 11.999999);
    expect(details.fragments.map(({ start }) => start)).toEqual([9.999999, 11.999999]);
    expect(details.partList.map(({ elementaryStreams }) => elementaryStreams.video)).toEqual([null, null]);
  });
  it("has nothing to fetch of a segment that is wholly there", () => {
    const details = list();
    goOnAfter(details, 14);
    expect(details.fragments.map(({ start }) => start)).toEqual([10, 12]);
    for (const { elementaryStreams } of details.partList) expect(elementaryStreams.video).not.toBeNull();
  });
  it("is not gone on with in the middle of a segment that is still being made", () => {
    const { fragments, partList } = list();
    goOnAfter({ fragments: fragments.slice(0, 1), partList }, 14);
    expect(partList.map(({ elementaryStreams }) => elementaryStreams.video)).toEqual([null, null]);
  });
  it("is left as it is in the middle of a segment", () => {
    const details = list();
    goOnAfter(details, 13);
    expect(details).toEqual(list());
  });
});
