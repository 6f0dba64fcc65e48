import type { Advice } from "@footlight/shared";
import { countOf } from "@footlight/ui/format.ts";
import type {
  BroadcastReport,
  EngineSnapshot,
  StudioSettings,
  TargetSnapshot,
  TopicSnapshot,
} from "../../contract/studio-topics.ts";
import type { StudioDocument } from "../../model/document.ts";
import { shownIn } from "../../model/lookup.ts";
import { durationWords, targetRemedy, targetWords } from "./live-words.ts";
import { sourceFaultWords, sourceTrouble } from "./source-words.ts";

/** What one click can do about it. */
export type TroubleAct =
  | { readonly act: "restart-processes" }
  | { readonly act: "restart-target"; readonly id: string }
  | { readonly act: "video"; readonly change: Partial<StudioSettings["video"]> }
  | { readonly act: "open-settings" };

export interface Trouble {
  readonly id: string;
  /** `bad`: something is lost that does not come back by itself. */
  readonly tone: "bad" | "warn";
  readonly words: string;
  /** The cause, and what to do. */
  readonly remedy: string;
  readonly button?: { readonly label: string } & TroubleAct;
}

export interface TroubleFacts {
  readonly engine: EngineSnapshot | null;
  readonly targets: readonly TargetSnapshot[];
  readonly document: StudioDocument | null;
  readonly sources: TopicSnapshot<"sources">;
  readonly recording: TopicSnapshot<"recording"> | null;
  readonly advice: readonly Advice[];
  readonly video: StudioSettings["video"] | null;
  /** Frames dropped in the last seconds. */
  readonly dropped: BroadcastReport["dropped"];
  /** Between keyframes as they are sent, whatever the settings say by now. */
  readonly keyframeIntervalMs: number;
  readonly onAir: boolean;
  readonly nowMs: number;
}

/** All that is the matter now, the worst first: the cause, the remedy, and the button where there is one. */
export const troublesOf = (facts: TroubleFacts): Trouble[] => {
  const all = [
    ...processTroubles(facts),
    ...sourceTroubles(facts),
    ...(facts.onAir ? facts.targets.flatMap((target) => targetTrouble(target, facts.nowMs)) : []),
    ...droppedTroubles(facts),
    ...(facts.onAir ? facts.advice.map((advice) => adviceTrouble(advice, facts)) : []),
    ...diskTrouble(facts.recording),
  ];
  return [...all.filter(({ tone }) => tone === "bad"), ...all.filter(({ tone }) => tone === "warn")];
};

const processTroubles = ({ engine, onAir }: TroubleFacts): Trouble[] => {
  if (!engine) return [];
  if (onAir && engine.engine === "ready" && engine.stands)
    return [
      {
        ...{ id: "no-picture", tone: "bad", words: "No picture is made" },
        remedy:
          "Viewers see the last one, and hear you. If it stays so for 15 s, the studio starts that process again; the broadcast goes on.",
      },
    ];
  const processes = [
    ["engine", "The picture's process", engine.engine],
    ["encoder", "The encoder", engine.encoder],
  ] as const;
  const troubles = processes.flatMap(([id, name, state]): Trouble[] => {
    if (state === "restarting")
      return [
        {
          ...{ id, tone: "warn", words: `${name} starts again` },
          remedy: "It crashed. What was on air goes on as soon as it is back.",
        },
      ];
    if (state !== "failed") return [];
    return [
      {
        ...{ id, tone: "bad", words: `${name} does not run` },
        remedy: "It kept crashing, so it is no longer started by itself. Your scenes are safe.",
        button: { label: "Try again", act: "restart-processes" },
      },
    ];
  });
  if (!engine.soundWorks)
    troubles.push({
      ...{ id: "sound", tone: "bad", words: "No sound goes out" },
      remedy:
        "The programme that encodes sound (ffmpeg) does not run on this machine. The picture goes on, and sound as soon as it runs. Install the studio again, or install ffmpeg and name it in FFMPEG_PATH.",
    });
  if (engine.hopelessEncoder === null) return troubles;
  return [
    ...troubles,
    {
      ...{ id: "hopeless", tone: "warn", words: "Your encoder does not work here" },
      remedy: `${engine.hopelessEncoder} never made a picture; x264 does its work, and needs more of the processor. From your next broadcast on the studio can choose by itself.`,
      button: { label: "Choose the best that works", act: "video", change: { encoder: "auto" } },
    },
  ];
};

/** What viewers should see or hear and do not: in the lists it may be scrolled away. */
const sourceTroubles = ({ document, sources, recording, onAir }: TroubleFacts): Trouble[] => {
  const isKept = recording !== null && recording.state !== "idle";
  if (document === null || !(onAir || isKept)) return [];
  return shownIn(document, document.programmeSceneId).flatMap(({ id, name, settings }): Trouble[] => {
    const state = sources[id];
    const remedy = state?.state === "failed" ? sourceTrouble(settings.kind, state) : null;
    if (remedy === null || state?.state !== "failed") return [];
    const words = `“${name}” ${sourceFaultWords(state.code, settings.kind)}`;
    return [{ id: `source:${id}`, tone: "bad", words, remedy }];
  });
};

const targetTrouble = (target: TargetSnapshot, nowMs: number): Trouble[] => {
  const remedy = target.enabled ? targetRemedy(target) : null;
  if (remedy === null) return [];
  const { state } = target.state;
  const isOver = state === "refused" || state === "failed";
  return [
    {
      id: `target:${target.id}`,
      tone: isOver ? "bad" : "warn",
      words: `${target.name}: ${targetWords(target, nowMs)}`,
      remedy,
      ...(isOver && { button: { label: "Try again", act: "restart-target", id: target.id } }),
    },
  ];
};

const droppedTroubles = ({ dropped, video }: TroubleFacts): Trouble[] => {
  const troubles: Trouble[] = [];
  if (dropped.render > 0)
    troubles.push({
      ...{
        id: "render",
        tone: "warn",
        words: `${countOf(dropped.render, "frame")} dropped by composing just now`,
      },
      remedy:
        "The machine is too busy to compose the picture in time. Close other programmes, hide sources that need no filter, or choose a smaller picture.",
      button: { label: "Open the settings", act: "open-settings" },
    });
  if (dropped.encode > 0)
    troubles.push({
      ...{
        id: "encode",
        tone: "warn",
        words: `${countOf(dropped.encode, "frame")} dropped by encoding just now`,
      },
      remedy: "The encoder is too slow for this picture on this machine.",
      button:
        video?.effort === "light"
          ? { label: "Choose a smaller picture", act: "open-settings" }
          : { label: "Less effort, from the next broadcast", act: "video", change: { effort: "light" } },
    });
  if (dropped.network > 0)
    troubles.push({
      ...{
        id: "network",
        tone: "warn",
        words: `${countOf(dropped.network, "frame")} dropped by the network just now`,
      },
      remedy:
        "The line is too slow for your bitrate. Sound goes on. Choose a lower bitrate, or a cable instead of Wi-Fi.",
      ...(video && {
        button: {
          label: `Send ${Math.round((video.bitrateBps * 0.7) / 100_000) / 10} Mbps, from the next broadcast`,
          act: "video",
          change: { bitrateBps: Math.round((video.bitrateBps * 0.7) / 100_000) * 100_000 },
        },
      }),
    });
  return troubles;
};

const GRID_MS = 2_000;

/** What the server would have better. */
const adviceTrouble = (advice: Advice, { video, keyframeIntervalMs }: TroubleFacts): Trouble => {
  const say = (words: string, remedy: string, button?: Trouble["button"]): Trouble => ({
    ...{ id: advice, tone: "warn", words, remedy },
    ...(button && { button }),
  });
  switch (advice) {
    case "irregular_keyframes":
      if (keyframeIntervalMs === GRID_MS)
        return say(
          "Keyframes come late",
          "The server encodes your picture again, because this machine is too busy to keep to the grid. Choose a smaller picture.",
        );
      if (video?.keyframeIntervalMs === GRID_MS)
        return say(
          `Your keyframes are ${keyframeIntervalMs / 1000} s apart`,
          "So the server encodes your picture again. From your next broadcast on they are 2 s apart.",
        );
      return say(
        `Your keyframes are ${keyframeIntervalMs / 1000} s apart`,
        "So the server encodes your picture again, which costs sharpness and delay. Set 2 s; it counts from your next broadcast.",
        { label: "Set 2 s", act: "video", change: { keyframeIntervalMs: GRID_MS } },
      );
    case "codec_reencoded":
      return say("The server encodes your picture again", "Send H.264.");
    case "frames_missing":
      return say(
        "Frames are missing at the server",
        "They were lost on their way. Choose a lower bitrate, or a cable instead of Wi-Fi.",
      );
    case "bitrate_unsteady":
      return say(
        "Your bitrate goes up and down",
        "Viewers with a tight line stall at its peaks. Choose a lower bitrate that your line can hold.",
      );
    case "no_audio":
      return say("The server gets no sound", "Look at the mixer.");
    case "no_video":
      return say("The server gets no picture", "Look at the programme, and at the encoder in the settings.");
    case "rung_dropped":
      return say(
        "The server is busy",
        "It leaves out its highest re-encoded quality; the others go on. There is nothing to do here.",
      );
    case "storage_full":
      return say("The server's disk is full", "The broadcast goes on live. Its operator has to make room.");
  }
};

const diskTrouble = (recording: TopicSnapshot<"recording"> | null): Trouble[] => {
  if (!recording?.diskLow) return [];
  const left = recording.leftMs === null ? "soon" : `in ${durationWords(recording.leftMs)}`;
  return [
    {
      ...{ id: "disk", tone: "warn", words: `The disk is full ${left}` },
      remedy: "The recording then ends, whole. Make room, or split it and move the first part away.",
    },
  ];
};
