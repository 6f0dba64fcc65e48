import { z } from "zod";
import { type RemoteEvent, RequestFault, RPC_VERSION, status, subscription } from "./messages.ts";
import { name, nothing } from "./names.ts";
import { SPOKEN_VERSION } from "./remote-session.ts";
import { type RequestKind, request } from "./requests.ts";
import { IMAGE_TYPES } from "./screenshot-requests.ts";

export interface GeneralDesk {
  readonly version: string;
  readonly tell: (event: RemoteEvent) => void;
  readonly panic: () => void;
  /** Does what a key of the document does; false: the document has no such key. */
  readonly press: (accelerator: string) => boolean;
  readonly displays: () => readonly {
    readonly label: string;
    readonly bounds: {
      readonly x: number;
      readonly y: number;
      readonly width: number;
      readonly height: number;
    };
  }[];
}

/** OBS' names of what keys do → the request that does it. */
const HOTKEYS: Readonly<Record<string, string>> = {
  "OBSBasic.StartStreaming": "StartStream",
  "OBSBasic.StopStreaming": "StopStream",
  "OBSBasic.StartRecording": "StartRecord",
  "OBSBasic.StopRecording": "StopRecord",
  "OBSBasic.PauseRecording": "PauseRecord",
  "OBSBasic.UnpauseRecording": "ResumeRecord",
  "OBSBasic.SplitFile": "SplitRecordFile",
  "OBSBasic.AddChapterMarker": "CreateRecordChapter",
  "OBSBasic.StartReplayBuffer": "StartReplayBuffer",
  "OBSBasic.StopReplayBuffer": "StopReplayBuffer",
  "ReplayBuffer.Save": "SaveReplayBuffer",
  "OBSBasic.Transition": "TriggerStudioModeTransition",
};
/** Of one scene or input, which `contextName` names. */
const CONTEXT_HOTKEYS: Readonly<Record<string, (contextName: string) => { type: string; data: object }>> = {
  "OBSBasic.SelectScene": (sceneName) => ({ type: "SetCurrentProgramScene", data: { sceneName } }),
  "libobs.mute": (inputName) => ({ type: "SetInputMute", data: { inputName, inputMuted: true } }),
  "libobs.unmute": (inputName) => ({ type: "SetInputMute", data: { inputName, inputMuted: false } }),
};
const PANIC = "footlight.panic";

const modifiersSchema = z
  .object({ shift: z.boolean(), control: z.boolean(), alt: z.boolean(), command: z.boolean() })
  .partial();

/** What the studio is, its keys, and what clients say to each other; `kinds` comes to hold all requests, these too. */
export function generalRequests(
  kinds: Readonly<Record<string, RequestKind>>,
  desk: GeneralDesk,
): Record<string, RequestKind> {
  /** A key gets no answer, so what cannot be done is not done. */
  const press = async (type: string, data: object) => {
    const kind = kinds[type];
    const input = kind?.input.safeParse(data);
    if (!kind || !input?.success) return;
    await Promise.resolve(kind.run(input.data as never)).catch(() => undefined);
  };
  return {
    GetVersion: request(nothing, () => ({
      // The OBS whose protocol this is; plug-ins refuse older ones.
      obsVersion: "30.2.0",
      obsWebSocketVersion: SPOKEN_VERSION,
      rpcVersion: RPC_VERSION,
      availableRequests: [...Object.keys(kinds), "Sleep"],
      supportedImageFormats: Object.keys(IMAGE_TYPES),
      platform: process.platform,
      platformDescription: `Footlight Studio ${desk.version}`,
    })),
    BroadcastCustomEvent: request(
      z.object({ eventData: z.record(z.string(), z.unknown()) }),
      ({ eventData }) => {
        if (Object.keys(eventData).length === 0)
          throw new RequestFault(status.fieldEmpty, "eventData must not be empty");
        desk.tell({ type: "CustomEvent", intent: subscription.general, data: eventData });
        return undefined;
      },
    ),
    CallVendorRequest: request(z.object({ vendorName: name, requestType: name }), ({ vendorName }) => {
      throw new RequestFault(
        status.resourceNotFound,
        `there is no vendor “${vendorName}”: plug-ins do not run here`,
      );
    }),
    GetMonitorList: request(nothing, () => ({
      monitors: desk.displays().map(({ label, bounds }, monitorIndex) => ({
        monitorName: `${label}(${monitorIndex})`,
        monitorIndex,
        monitorWidth: bounds.width,
        monitorHeight: bounds.height,
        monitorPositionX: bounds.x,
        monitorPositionY: bounds.y,
      })),
    })),

    GetHotkeyList: request(nothing, () => ({
      hotkeys: [...Object.keys(HOTKEYS), ...Object.keys(CONTEXT_HOTKEYS), PANIC],
    })),
    TriggerHotkeyByName: request(
      z.object({ hotkeyName: name, contextName: name.optional() }),
      async ({ hotkeyName, contextName }) => {
        const type = HOTKEYS[hotkeyName];
        const inContext = CONTEXT_HOTKEYS[hotkeyName];
        if (hotkeyName === PANIC) desk.panic();
        else if (type !== undefined) await press(type, {});
        else if (inContext && contextName !== undefined) {
          const { type, data } = inContext(contextName);
          await press(type, data);
        } else throw new RequestFault(status.resourceNotFound, "there is no such hotkey");
        return undefined;
      },
    ),
    TriggerHotkeyByKeySequence: request(
      z.object({ keyId: name, keyModifiers: modifiersSchema.default({}) }),
      ({ keyId, keyModifiers }) => {
        const accelerator = acceleratorOf(keyId, keyModifiers);
        if (accelerator === undefined || !desk.press(accelerator))
          throw new RequestFault(status.resourceNotFound, "the studio has no such key");
        return undefined;
      },
    ),
  };
}

const KEYS: Readonly<Record<string, string>> = {
  SPACE: "Space",
  RETURN: "Return",
  TAB: "Tab",
  INSERT: "Insert",
  DELETE: "Delete",
  HOME: "Home",
  END: "End",
  PAGEUP: "PageUp",
  PAGEDOWN: "PageDown",
  UP: "Up",
  DOWN: "Down",
  LEFT: "Left",
  RIGHT: "Right",
};

/** A key by OBS' name as the document names it (`ui/settings/accelerator.ts`); undefined: none that we have. */
export function acceleratorOf(
  keyId: string,
  { control, alt, shift, command }: z.infer<typeof modifiersSchema>,
): string | undefined {
  const bare = keyId.replace(/^OBS_KEY_/, "");
  const number = /^NUM(\d)$/.exec(bare)?.[1];
  const key =
    KEYS[bare] ??
    (number ? `num${number}` : /^([A-Z]|\d|F([1-9]|1\d|2[0-4]))$/.test(bare) ? bare : undefined);
  if (key === undefined) return undefined;
  const held = [control && "Control", command && "Super", alt && "Alt", shift && "Shift"];
  return [...held.filter(Boolean), key].join("+");
}
