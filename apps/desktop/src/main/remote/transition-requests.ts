import { z } from "zod";
import type { Transition } from "../../model/document.ts";
import { act, type DocumentDesk } from "./document-desk.ts";
import { RequestFault, status } from "./messages.ts";
import { name, nothing } from "./names.ts";
import { type RequestKind, request } from "./requests.ts";

const KINDS = {
  cut: { transitionName: "Cut", transitionKind: "cut_transition" },
  fade: { transitionName: "Fade", transitionKind: "fade_transition" },
  slide: { transitionName: "Slide", transitionKind: "slide_transition" },
  stinger: { transitionName: "Stinger", transitionKind: "obs_stinger_transition" },
} as const;
const DEFAULT_MS = 300;

export const transitionName = ({ kind }: Transition) => KINDS[kind].transitionName;
/** A cut has none, and a stinger is as long as its file. */
export const transitionDuration = (transition: Transition): number | null =>
  "durationMs" in transition ? transition.durationMs : null;

/** OBS names where a slide goes to, we where it comes from. */
const DIRECTIONS = { right: "left", left: "right", bottom: "up", top: "down" } as const;
type From = keyof typeof DIRECTIONS;

const settingsOf = (transition: Transition) => {
  if (transition.kind === "slide") return { direction: DIRECTIONS[transition.from] };
  if (transition.kind === "stinger") return { path: transition.path, transition_point: transition.cutAtMs };
  return null;
};

const told = (transition: Transition) => ({
  ...KINDS[transition.kind],
  transitionUuid: transition.kind,
  transitionFixed: transitionDuration(transition) === null,
  transitionConfigurable: settingsOf(transition) !== null,
});

/** How one scene follows another: one of ours is chosen, and each exists once. */
export function transitionRequests(desk: DocumentDesk): Record<string, RequestKind> {
  // A cut forgets how long the fade was.
  let durationMs = DEFAULT_MS;
  const current = () => {
    const { transition } = desk.document;
    durationMs = transitionDuration(transition) ?? durationMs;
    return transition;
  };
  const all = (): Transition[] => {
    const now = current();
    const others: Transition[] = [
      { kind: "cut" },
      { kind: "fade", durationMs },
      { kind: "slide", durationMs, from: "right" },
    ];
    // A stinger is one only with a file.
    return [
      ...others.map((each) => (each.kind === now.kind ? now : each)),
      ...(now.kind === "stinger" ? [now] : []),
    ];
  };
  return {
    GetTransitionKindList: request(nothing, () => ({
      transitionKinds: Object.values(KINDS).map(({ transitionKind }) => transitionKind),
    })),
    GetSceneTransitionList: request(nothing, () => {
      const { transitionName, transitionKind, transitionUuid } = told(current());
      return {
        currentSceneTransitionName: transitionName,
        currentSceneTransitionKind: transitionKind,
        currentSceneTransitionUuid: transitionUuid,
        transitions: all().map(told),
      };
    }),
    GetCurrentSceneTransition: request(nothing, () => {
      const transition = current();
      return {
        ...told(transition),
        transitionDuration: transitionDuration(transition),
        transitionSettings: settingsOf(transition),
      };
    }),
    SetCurrentSceneTransition: request(z.object({ transitionName: name }), ({ transitionName: wanted }) => {
      const transition = all().find((each) => transitionName(each) === wanted);
      if (!transition) throw new RequestFault(status.resourceNotFound, `there is no transition “${wanted}”`);
      return act(desk, { kind: "transition", transition });
    }),
    SetCurrentSceneTransitionDuration: request(
      z.object({ transitionDuration: z.number().min(50).max(20_000) }),
      ({ transitionDuration }) => {
        const transition = current();
        durationMs = Math.min(10_000, transitionDuration);
        if (!("durationMs" in transition)) return undefined;
        return act(desk, { kind: "transition", transition: { ...transition, durationMs } });
      },
    ),
    SetCurrentSceneTransitionSettings: request(
      z.object({ transitionSettings: z.record(z.string(), z.unknown()) }),
      ({ transitionSettings }) => {
        const transition = current();
        const next = configured(transition, transitionSettings);
        if (!next) throw new RequestFault(status.notConfigurable, "this transition has no settings");
        return act(desk, { kind: "transition", transition: next });
      },
    ),
    GetCurrentSceneTransitionCursor: request(nothing, () => ({ transitionCursor: 1 })),
  };
}

function configured(transition: Transition, wish: Readonly<Record<string, unknown>>): Transition | null {
  if (transition.kind === "slide") {
    const from = (Object.keys(DIRECTIONS) as From[]).find((each) => DIRECTIONS[each] === wish["direction"]);
    return { ...transition, from: from ?? transition.from };
  }
  if (transition.kind === "stinger") {
    const { path, transition_point: point } = wish;
    return {
      ...transition,
      ...(typeof path === "string" && { path }),
      ...(typeof point === "number" && { cutAtMs: Math.min(20_000, Math.max(0, point)) }),
    };
  }
  return null;
}
