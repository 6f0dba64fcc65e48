import { expect, test } from "vitest";
import { importObs } from "./import-obs.ts";
import { readObsProfile } from "./obs-profile.ts";

const canvas = { width: 1920, height: 1080, fps: 30 };
const key = (name: string, part: object = {}) => [{ key: `OBS_KEY_${name}`, ...part }];

test("keys of a collection come along where there is a counterpart, and the rest is listed", () => {
  const file = {
    name: "Keys",
    sources: [
      {
        ...{ id: "scene", name: "Main", settings: { items: [] } },
        hotkeys: {
          "OBSBasic.SelectScene": key("1", { control: true }),
          "libobs.show_scene_item.3": key("F5"),
        },
      },
      {
        ...{ id: "scene", name: "Pause", settings: { items: [] } },
        hotkeys: { "OBSBasic.SelectScene": key("P") },
      },
    ],
    AuxAudioDevice1: {
      ...{ id: "pulse_input_capture", name: "Mic" },
      hotkeys: {
        "libobs.mute": key("F9"),
        "libobs.unmute": key("F9"),
        "libobs.push-to-talk": key("NUM0", { shift: true }),
      },
    },
  };
  const imported = importObs(file, canvas, { displayId: null, microphoneId: "default" });
  const mic = imported?.document.globalSound[0];
  expect(imported?.document.hotkeys).toEqual({
    "Control+1": "scene:scene-1",
    F9: `mute:${mic}`,
    "Shift+num0": `talk:${mic}`,
  });
  expect(imported?.unmatched).toEqual([
    "Key F5: “Main”, show scene item",
    "Key P: “Pause”, select scene (choose a function key, or one with Ctrl or Alt)",
  ]);
});

test("keys of a profile", () => {
  const line = (keys: object) => JSON.stringify({ bindings: keys });
  const ini = [
    ...["[Output]", "Mode=Simple", "[Hotkeys]"],
    `OBSBasic.StartRecording=${line(key("F10"))}`,
    `OBSBasic.StopRecording=${line(key("F10"))}`,
    `OBSBasic.StartStreaming=${line(key("F11"))}`,
    `OBSBasic.StopStreaming=${line(key("F12"))}`,
    `OBSBasic.PauseRecording=${line(key("F9"))}`,
    `ReplayBuffer=${JSON.stringify({ "ReplayBuffer.Save": key("R", { alt: true }) })}`,
    "OBSBasic.Transition=not JSON",
  ].join("\n");
  const profile = readObsProfile(ini);
  expect(profile?.hotkeys).toEqual({ F10: "record", F11: "live", F12: "end", "Alt+R": "replay" });
  expect(profile?.unmatched).toEqual(["Key F9: pause recording"]);
});
