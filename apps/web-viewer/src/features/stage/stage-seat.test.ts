import type { RealtimeLink, TopicNews } from "@footlight/realtime/realtime-client.ts";
import type { MediaWish, StageMediaState } from "@footlight/realtime/stage/stage-media.ts";
import {
  ADA,
  HOST,
  type SomeParticipant,
  someStage,
  someTrack,
} from "@footlight/realtime/testing/stage-fixture.ts";
import { type ParticipantId, StageId } from "@footlight/shared";
import { Store } from "@footlight/ui/store.ts";
import { beforeEach, describe, expect, it } from "vitest";
import type { LocalDevicesState } from "./media/local-devices.ts";
import { StageSeat } from "./stage-seat.ts";

/** Everything that a seat works with. */
class Surroundings {
  readonly link = new Store<RealtimeLink>({ kind: "connecting", attempt: 0 });
  readonly mediaState = new Store<StageMediaState>({ me: null, trouble: null, tracks: new Map() });
  readonly devicesState = new Store<LocalDevicesState>({
    ...{ camera: input("camera"), microphone: input("microphone") },
    ...{ speakers: [], speaker: "", asking: false },
  });
  readonly wishes: MediaWish[] = [];
  readonly calls: string[] = [];
  onNews: (news: TopicNews<"stage">) => void = () => {};

  readonly seat = new StageSeat({
    stageId: StageId.parse("stage_12345"),
    realtime: {
      link: this.link,
      close: () => void this.calls.push("realtime closed"),
      subscribe: (_kind, _id, onNews) => {
        this.onNews = onNews as typeof this.onNews;
        return () => void this.calls.push("unsubscribed");
      },
    },
    media: {
      state: this.mediaState,
      wish: (wish) => void this.wishes.push(wish),
      request: () => Promise.reject(new Error("not asked here")),
      takeOver: () => void this.calls.push("taken over"),
      disconnected: () => void this.calls.push("disconnected"),
      reconnected: () => void this.calls.push("reconnected"),
      rebuild: () => void this.calls.push("rebuilt"),
      close: () => void this.calls.push("media closed"),
    },
    devices: { state: this.devicesState },
  });

  tell(me: SomeParticipant, epoch = 1): void {
    const stage = someStage({ [HOST]: { sends: ["camera"] }, [ADA]: me });
    this.onNews({ kind: "state", state: { ...stage, media: { available: true, epoch } } });
  }

  get sent() {
    const { send } = this.wishes.at(-1) ?? { send: null };
    return send && Object.fromEntries([...send].map(([source, { paused }]) => [source, paused]));
  }
}

function input(id: string): LocalDevicesState["camera"] {
  return { on: true, track: someTrack(id), problem: null, chosen: id, choices: [] };
}

describe("StageSeat", () => {
  let around: Surroundings;
  beforeEach(() => {
    around = new Surroundings();
  });
  const joined = () => around.mediaState.set({ ...around.mediaState.get(), me: ADA as ParticipantId });

  it("sends nothing before one is on stage, and everything from then on", () => {
    around.tell({ state: "waiting" });
    expect(around.wishes).toEqual([]);
    joined();
    expect(around.sent).toBeNull();
    around.tell({ state: "on_stage" });
    expect(around.sent).toEqual({ camera: false, microphone: false });
    expect([...(around.wishes.at(-1)?.receive ?? [])]).toEqual(["host/camera"]);
    around.tell({ state: "green_room" });
    expect(around.sent).toBeNull();
  });

  it("follows the devices: silent, without a camera, with the mix of who composes", () => {
    joined();
    around.tell({});
    const { camera, microphone, ...rest } = around.devicesState.get();
    around.devicesState.set({
      ...rest,
      camera: { ...camera, track: null },
      microphone: { ...microphone, on: false },
    });
    expect(around.sent).toEqual({ microphone: true });
    around.seat.composes(someTrack("mix", "audio"));
    expect(around.sent).toEqual({ microphone: true, programme: true });
    around.seat.composes(null);
    expect(around.sent).toEqual({ microphone: true });
  });

  it("joins again over a new socket, and builds anew when all transports are void", () => {
    around.link.set({ kind: "open", me: { kind: "visitor" } });
    around.link.set({ kind: "lost", attempt: 0 });
    expect(around.seat.view.get().link).toBe("lost");
    around.link.set({ kind: "open", me: { kind: "visitor" } });
    around.tell({}, 1);
    around.tell({}, 1);
    around.tell({}, 2);
    expect(around.calls).toEqual(["reconnected", "disconnected", "reconnected", "rebuilt"]);
  });

  it.each([
    ["removed_from_stage", "removed"],
    ["stage_not_found", "closed"],
    ["forbidden", "forbidden"],
    ["unauthenticated", "signed_out"],
  ] as const)("ends by %s, once, with its media", (code, end) => {
    joined();
    around.tell({});
    around.onNews({ kind: "refused", code });
    around.link.set({ kind: "closed", reason: "unauthenticated" });
    expect(around.seat.view.get().end).toBe(end);
    expect(around.calls).toEqual(["media closed"]);
    const before = around.wishes.length;
    around.tell({});
    expect(around.wishes).toHaveLength(before);
  });

  it("closes all of it, and closes once", () => {
    around.seat.close();
    around.seat.close();
    expect(around.calls).toEqual(["unsubscribed", "media closed", "realtime closed"]);
  });
});
