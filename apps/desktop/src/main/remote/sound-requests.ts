import { z } from "zod";
import type { SoundSettings } from "../../model/document.ts";
import { act, type DocumentDesk } from "./document-desk.ts";
import { RequestFault, status } from "./messages.ts";
import { findInput, missing, namesIn, ofInput } from "./names.ts";
import { type RequestKind, request } from "./requests.ts";

const MUTE_DB = -96;
const MONITORS = {
  OBS_MONITORING_TYPE_NONE: "off",
  OBS_MONITORING_TYPE_MONITOR_ONLY: "only",
  OBS_MONITORING_TYPE_MONITOR_AND_OUTPUT: "also",
} as const satisfies Record<string, SoundSettings["monitor"]>;
const MONITOR_TYPES = namesIn(MONITORS);

/** A fader as clients hear of it: its end is silence. */
export const volumeOf = (volumeDb: number) =>
  volumeDb <= MUTE_DB
    ? { inputVolumeDb: -100, inputVolumeMul: 0 }
    : { inputVolumeDb: volumeDb, inputVolumeMul: 10 ** (volumeDb / 20) };
/** 0 left, 1 right. */
export const balanceOf = (pan: number): number => (pan + 1) / 2;
export const monitorTypeOf = (monitor: SoundSettings["monitor"]) =>
  MONITOR_TYPES.find((type) => MONITORS[type] === monitor);
export const tracksOf = (tracks: readonly number[]) =>
  Object.fromEntries([1, 2, 3, 4, 5, 6].map((track) => [track, tracks.includes(track)]));

/** The mixer. */
export function soundRequests(desk: DocumentDesk): Record<string, RequestKind> {
  const find = (wanted: z.infer<typeof ofInput>) => {
    const { id, sound } = findInput(desk.document, wanted);
    if (sound === undefined) throw new RequestFault(status.invalidResourceState, "the input has no sound");
    return { id, sound };
  };
  const change = (wanted: z.infer<typeof ofInput>, part: (was: SoundSettings) => Partial<SoundSettings>) => {
    const { id: sourceId, sound } = find(wanted);
    return act(desk, { kind: "sound", sourceId, change: part(sound) });
  };

  return {
    GetInputMute: request(ofInput, (wanted) => ({ inputMuted: find(wanted).sound.muted })),
    SetInputMute: request(ofInput.extend({ inputMuted: z.boolean() }), ({ inputMuted, ...wanted }) =>
      change(wanted, () => ({ muted: inputMuted })),
    ),
    ToggleInputMute: request(ofInput, (wanted) => {
      change(wanted, ({ muted }) => ({ muted: !muted }));
      return { inputMuted: find(wanted).sound.muted };
    }),
    GetInputVolume: request(ofInput, (wanted) => volumeOf(find(wanted).sound.volumeDb)),
    SetInputVolume: request(
      ofInput.extend({
        inputVolumeMul: z.number().min(0).max(20).optional(),
        inputVolumeDb: z.number().min(-100).max(26).optional(),
      }),
      ({ inputVolumeMul, inputVolumeDb, ...wanted }) => {
        find(wanted);
        if (inputVolumeMul !== undefined && inputVolumeDb !== undefined)
          throw new RequestFault(status.tooManyFields, "inputVolumeMul or inputVolumeDb, not both");
        const db =
          inputVolumeDb ?? (inputVolumeMul === undefined ? undefined : 20 * Math.log10(inputVolumeMul));
        if (db === undefined) throw missing("inputVolumeDb");
        return change(wanted, () => ({ volumeDb: Math.min(26, Math.max(MUTE_DB, db)) }));
      },
    ),
    GetInputAudioBalance: request(ofInput, (wanted) => ({
      inputAudioBalance: balanceOf(find(wanted).sound.pan),
    })),
    SetInputAudioBalance: request(
      ofInput.extend({ inputAudioBalance: z.number().min(0).max(1) }),
      ({ inputAudioBalance, ...wanted }) => change(wanted, () => ({ pan: inputAudioBalance * 2 - 1 })),
    ),
    GetInputAudioSyncOffset: request(ofInput, (wanted) => ({
      inputAudioSyncOffset: find(wanted).sound.offsetMs,
    })),
    // Sound can be held back here, and not be brought forward.
    SetInputAudioSyncOffset: request(
      ofInput.extend({ inputAudioSyncOffset: z.number().int().min(0).max(20_000) }),
      ({ inputAudioSyncOffset, ...wanted }) => change(wanted, () => ({ offsetMs: inputAudioSyncOffset })),
    ),
    GetInputAudioMonitorType: request(ofInput, (wanted) => ({
      monitorType: monitorTypeOf(find(wanted).sound.monitor),
    })),
    SetInputAudioMonitorType: request(
      ofInput.extend({ monitorType: z.enum(MONITOR_TYPES) }),
      ({ monitorType, ...wanted }) => change(wanted, () => ({ monitor: MONITORS[monitorType] })),
    ),
    GetInputAudioTracks: request(ofInput, (wanted) => ({
      inputAudioTracks: tracksOf(find(wanted).sound.tracks),
    })),
    SetInputAudioTracks: request(
      ofInput.extend({ inputAudioTracks: z.record(z.string(), z.boolean()) }),
      ({ inputAudioTracks, ...wanted }) =>
        change(wanted, ({ tracks }) => ({
          tracks: [1, 2, 3, 4, 5, 6].filter((track) => inputAudioTracks[track] ?? tracks.includes(track)),
        })),
    ),
  };
}
