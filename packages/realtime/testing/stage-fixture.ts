import {
  type MediaSource,
  type Participant,
  type ParticipantId,
  StageState,
  type StageState as State,
} from "@footlight/shared";

export const HOST = "host" as ParticipantId;
export const ADA = "adaada" as ParticipantId;
export const BEN = "benben" as ParticipantId;

export interface SomeParticipant extends Partial<Omit<Participant, "producers">> {
  readonly sends?: readonly MediaSource[];
}

const KIND = (source: MediaSource) =>
  source === "microphone" || source === "screen_audio" ? ("audio" as const) : ("video" as const);

/** A stage for tests, as the server would tell it; producers are named `{participant}/{source}`. */
export function someStage(
  people: Readonly<Record<string, SomeParticipant>>,
  change: Partial<State> = {},
): State {
  const participants = Object.fromEntries(
    Object.entries(people).map(([id, { sends = [], ...rest }]) => [
      id,
      {
        ...{ name: id, role: id === HOST ? "host" : "guest", state: "on_stage", online: true },
        ...{ muted: false, hidden: false, carry: "no", level: -127 },
        producers: Object.fromEntries(
          sends.map((source) => [`${id}/${source}`, { kind: KIND(source), source, paused: false }]),
        ),
        ...rest,
      },
    ]),
  );
  return StageState.parse({
    streamId: "stream_1234567",
    host: { username: "mira", displayName: "Mira", present: true },
    layout: { kind: "grid" },
    participants,
    programme: {},
    slate: false,
    media: { available: true, epoch: 1 },
    ...change,
  });
}

export const someTrack = (id: string, kind = "video"): MediaStreamTrack =>
  ({ id, kind, readyState: "live", stop: () => {} }) as unknown as MediaStreamTrack;
