import { expect, it } from "vitest";
import { documentSchema } from "../../../model/document.ts";
import { audible, type Moment } from "./audible.ts";

const collection = (microphone: object, music: object) =>
  documentSchema.parse({
    ...{ version: 1, name: "Test", canvas: { width: 640, height: 360, fps: 30 }, programmeSceneId: "s" },
    sources: {
      mic: {
        id: "mic",
        name: "Mic",
        settings: { kind: "microphone", deviceId: "default" },
        sound: microphone,
      },
      film: { id: "film", name: "Film", settings: { kind: "video", path: "/film.mp4" }, sound: music },
      red: { id: "red", name: "Red", settings: { kind: "colour", colour: "#ff0000" } },
    },
    ...{ scenes: [{ id: "s", name: "S", items: [] }], globalSound: ["mic"] },
  });
const heard = (microphone: object, music: object, moment: Partial<Moment> = {}) =>
  [
    ...audible(collection(microphone, music), {
      ...{ shown: new Set(["film"]), panic: false, talking: new Set<string>() },
      ...moment,
    }),
  ]
    .filter(([, { strip }]) => !strip.silent)
    .map(([id]) => id);

it("hears what is global everywhere, and the rest where it is shown", () => {
  expect(heard({}, {})).toEqual(["mic", "film"]);
  expect(heard({}, {}, { shown: new Set() })).toEqual(["mic"]);
});

it("mutes, and plays the solo alone", () => {
  expect(heard({ muted: true }, {})).toEqual(["film"]);
  expect(heard({ solo: true }, {})).toEqual(["mic"]);
  expect(heard({ solo: true, muted: true }, {})).toEqual([]);
});

it("lets a held key speak or be silent, as its source has it, and mutes before either", () => {
  const held = { talking: new Set(["mic"]) };
  expect(heard({ talkKey: "push" }, {})).toEqual(["film"]);
  expect(heard({ talkKey: "push" }, {}, held)).toEqual(["mic", "film"]);
  expect(heard({ talkKey: "cough" }, {})).toEqual(["mic", "film"]);
  expect(heard({ talkKey: "cough" }, {}, held)).toEqual(["film"]);
  expect(heard({ talkKey: "none" }, {}, held)).toEqual(["mic", "film"]);
  expect(heard({ talkKey: "push", muted: true }, {}, held)).toEqual(["film"]);
});

it("is silent in a panic, whoever talks", () => {
  expect(heard({}, {}, { panic: true, talking: new Set(["mic"]) })).toEqual([]);
});

it("holds back what is told to, and films by as much as their picture is late", () => {
  const offsets = (microphone: object, film: object) =>
    [
      ...audible(collection(microphone, film), {
        shown: new Set(),
        panic: false,
        talking: new Set(),
      }).values(),
    ].map(({ strip }) => strip.offsetMs);
  expect(offsets({ offsetMs: 200 }, {})).toEqual([200, 45]);
  expect(offsets({ offsetMs: -200 }, { offsetMs: 30 })).toEqual([0, 75]);
});
