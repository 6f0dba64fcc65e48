import { handOrder, isSilent, peopleOf } from "@footlight/realtime/stage/people.ts";
import { wantedProducers } from "@footlight/realtime/stage/wanted.ts";
import { ADA, BEN, HOST, someStage, someTrack } from "@footlight/realtime/testing/stage-fixture.ts";
import { describe, expect, it } from "vitest";
import { stageItems } from "./stage-items.ts";

const PROGRAMME = { "fed/video": { kind: "video" }, "fed/audio": { kind: "audio" } } as const;
const noCamera = {
  camera: { on: false, track: null, problem: null, chosen: null, choices: [] },
} as const;

describe("wantedProducers", () => {
  const people = {
    [HOST]: { sends: ["camera", "microphone"] },
    [ADA]: { sends: ["camera", "screen", "screen_audio"] },
    [BEN]: { state: "waiting" },
  } as const;

  it("is the programme for who waits, everybody else for who is on stage, never oneself", () => {
    const stage = someStage(people, { programme: PROGRAMME });
    expect([...wantedProducers(stage, BEN)]).toEqual(["fed/video", "fed/audio"]);
    expect([...wantedProducers(stage, ADA)]).toEqual([
      ...["host/camera", "host/microphone"],
      ...["fed/video", "fed/audio"],
    ]);
    expect([...wantedProducers(stage, HOST)]).toEqual([
      ...["adaada/camera", "adaada/screen", "adaada/screen_audio"],
    ]);
  });
  it("is not the programme where it is made of the stage: guests would hear themselves", () => {
    const composing = { ...people, [HOST]: { sends: ["camera", "programme"] } } as const;
    const stage = someStage(composing, { programme: PROGRAMME });
    expect([...wantedProducers(stage, ADA)]).toEqual(["host/camera"]);
    expect([...wantedProducers(stage, BEN)]).toEqual(["fed/video", "fed/audio"]);
  });
  it("is nothing for who is not there", () => {
    expect(wantedProducers(someStage({}), ADA).size).toBe(0);
  });
});

describe("stageItems", () => {
  const tracks = new Map(
    ["host/camera", "adaada/camera", "adaada/screen", "fed/video"].map((id) => [id, someTrack(id)]),
  );
  const stage = someStage(
    {
      [ADA]: { sends: ["camera", "screen"] },
      [HOST]: { sends: ["camera"] },
      [BEN]: { hidden: true },
    },
    { programme: PROGRAMME },
  );
  const seen = (me: string, programme: boolean, of = stage) =>
    stageItems({ stage: of, me: me as typeof ADA, tracks, screen: null }, noCamera, { programme }).map(
      ({ id, track }) => [id, track?.id],
    );

  it("shows the programme first, then the host, then the others with their screens", () => {
    expect(seen(BEN, false)).toEqual([
      ["programme", "fed/video"],
      ["host/camera", "host/camera"],
      ["adaada/camera", "adaada/camera"],
      ["adaada/screen", "adaada/screen"],
      ["benben/camera", undefined],
    ]);
  });
  it("leaves out of the programme whom the host hides", () => {
    expect(seen(HOST, true).map(([id]) => id)).toEqual(["host/camera", "adaada/camera", "adaada/screen"]);
  });
  it("does not show a host who is away, but keeps a guest's place", () => {
    const away = someStage({ [HOST]: { online: false }, [ADA]: { online: false } });
    expect(seen(BEN, false, away).map(([id]) => id)).toEqual(["adaada/camera"]);
  });
});

describe("people", () => {
  it("are silent when muted, paused or without a microphone", () => {
    const [host] = peopleOf(someStage({ [HOST]: { sends: ["microphone"] } }));
    const [muted] = peopleOf(someStage({ [HOST]: { sends: ["microphone"], muted: true } }));
    const [bare] = peopleOf(someStage({ [HOST]: { sends: ["camera"] } }));
    expect([host, muted, bare].map((one) => one && isSilent(one))).toEqual([false, true, true]);
  });
  it("are called in the order of their hands", () => {
    const people = peopleOf(
      someStage({ [ADA]: { handRaisedAt: 20 }, [BEN]: { handRaisedAt: 10 }, [HOST]: {} }),
    );
    expect([ADA, BEN, HOST].map((id) => handOrder(people, id))).toEqual([2, 1, undefined]);
  });
});
