import { describe, expect, it } from "vitest";
import { type Piece, Voices } from "./voices.ts";

const FRAME = 960;
/** 20 ms of stereo Opus, marked by its last byte. */
const opus = (mark: number): Buffer => Buffer.of(0xfc, 1, 2, mark);

function rtp(sequenceNumber: number, payload: Buffer): Buffer {
  const header = Buffer.alloc(12);
  header[0] = 0x80;
  header[1] = 111;
  header.writeUInt16BE(sequenceNumber, 2);
  return Buffer.concat([header, payload]);
}

const say = (voices: Voices, name: string, from: number, count: number): void => {
  for (let i = from; i < from + count; i += 1) voices.rtp(name, rtp(i, opus(i)), i * 20);
};
const marksOf = (pieces: readonly Piece[], place: number): (number | undefined)[] =>
  pieces
    .filter((piece) => piece.place === place)
    .map(({ opus }) => (opus.length === 4 ? opus[3] : undefined));

describe("voices for a mixer", () => {
  it("are silence where nobody speaks, in every place and without a hole", () => {
    const voices = new Voices(2);
    const pieces = [...voices.take(2 * FRAME), ...voices.take(3 * FRAME)];
    expect(marksOf(pieces, 0)).toEqual([undefined, undefined, undefined]);
    for (const place of [0, 1]) {
      const times = pieces.filter((piece) => piece.place === place).map(({ atSample }) => atSample);
      expect(times).toEqual([0, FRAME, 2 * FRAME]);
    }
  });

  it("wait for some packets in hand before they begin, and again after they ran dry", () => {
    const voices = new Voices(1);
    say(voices, "ada", 0, 2);
    expect(marksOf(voices.take(FRAME), 0)).toEqual([undefined]);
    say(voices, "ada", 2, 1);
    expect(marksOf(voices.take(5 * FRAME), 0)).toEqual([0, 1, 2, undefined]);
    say(voices, "ada", 3, 1);
    expect(marksOf(voices.take(6 * FRAME), 0)).toEqual([undefined]);
  });

  it("come in their order, however they arrived", () => {
    const voices = new Voices(1);
    for (const i of [0, 2, 1]) voices.rtp("ada", rtp(i, opus(i)), 0);
    expect(marksOf(voices.take(3 * FRAME), 0)).toEqual([0, 1, 2]);
  });

  it("are not delayed ever more by a clock that is quicker than ours", () => {
    const voices = new Voices(1);
    say(voices, "ada", 0, 100);
    const heard = marksOf(voices.take(20 * FRAME), 0).filter((mark) => mark !== undefined);
    expect(heard.length).toBeLessThanOrEqual(12);
    expect(heard.at(-1)).toBe(99);
  });

  it("have places of their own, which the next one takes when they leave; who finds none is not heard", () => {
    const voices = new Voices(2);
    say(voices, "ada", 0, 3);
    say(voices, "ben", 10, 3);
    say(voices, "cleo", 20, 3);
    const pieces = voices.take(3 * FRAME);
    expect(marksOf(pieces, 0)).toEqual([0, 1, 2]);
    expect(marksOf(pieces, 1)).toEqual([10, 11, 12]);
    voices.left("ada");
    say(voices, "cleo", 30, 3);
    expect(marksOf(voices.take(6 * FRAME), 0)).toEqual([30, 31, 32]);
  });

  it("survive what is no packet, and what says nothing", () => {
    const voices = new Voices(1);
    voices.rtp("ada", Buffer.of(1, 2, 3), 0);
    for (let i = 0; i < 3; i += 1) voices.rtp("ada", rtp(i, Buffer.of(0xfc)), 0);
    expect(marksOf(voices.take(FRAME), 0)).toEqual([undefined]);
  });

  it("may have packets of other lengths", () => {
    const voices = new Voices(1);
    // 60 ms of SILK, narrow band.
    for (let i = 0; i < 3; i += 1) voices.rtp("ada", rtp(i, Buffer.of(0x18, 1, 2, i)), 0);
    expect(voices.take(6 * FRAME).map(({ atSample }) => atSample)).toEqual([0, 3 * FRAME]);
  });
});
