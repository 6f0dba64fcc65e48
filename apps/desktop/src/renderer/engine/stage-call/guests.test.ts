import { ADA, BEN, HOST, someStage, someTrack } from "@footlight/realtime/testing/stage-fixture.ts";
import { describe, expect, it } from "vitest";
import { type Guest, Guests, guestsOf, neededProducers } from "./guests.ts";

const CAMERA = someTrack("camera");
const VOICE = someTrack("voice", "audio");
const tracks = new Map([
  [`${ADA}/camera`, CAMERA],
  [`${ADA}/microphone`, VOICE],
]);
const seats = { [ADA]: 1, [BEN]: 2 };
const stage = (ada: object = {}) =>
  someStage({ [HOST]: {}, [ADA]: { sends: ["camera", "microphone", "screen"], ...ada }, [BEN]: {} });

describe("guests on their seats", () => {
  it("are seen and heard as far as their media have come", () => {
    const guests = guestsOf({ state: stage(), seats }, tracks);
    expect(guests.get(1)).toEqual({ name: ADA, camera: CAMERA, screen: null, voices: [VOICE] });
    expect(guests.get(2)).toEqual({ name: BEN, camera: null, screen: null, voices: [] });
  });

  it.each([{ hidden: true }, { online: false }])("are neither when they are %j", (how) => {
    expect(guestsOf({ state: stage(how), seats }, tracks).get(1)).toMatchObject({ camera: null, voices: [] });
  });

  it("are not taken from what is just being given back", () => {
    const ended = new Map([[`${ADA}/microphone`, { ...VOICE, readyState: "ended" as const }]]);
    expect(guestsOf({ state: stage(), seats }, ended).get(1)?.voices).toEqual([]);
  });

  it("are received where a scene has their seat, but for what no source shows", () => {
    const needed = (camera: number[], screen: number[]) => [
      ...neededProducers({ state: stage(), seats }, { camera: new Set(camera), screen: new Set(screen) }),
    ];
    expect(needed([1], [])).toEqual([`${ADA}/camera`, `${ADA}/microphone`]);
    expect(needed([], [1])).toEqual([`${ADA}/screen`]);
    expect(needed([2, 3], [2])).toEqual([]);
  });

  it("are told to who watches a seat, once a change", () => {
    const guests = new Guests();
    const heard: Guest[] = [];
    const stop = guests.watch(1, (guest) => heard.push(guest));
    const now = () => guestsOf({ state: stage(), seats }, tracks);
    guests.set(now());
    guests.set(now());
    guests.set(new Map());
    stop();
    guests.set(now());
    expect(heard.map(({ name }) => name)).toEqual(["", ADA, ""]);
  });
});
