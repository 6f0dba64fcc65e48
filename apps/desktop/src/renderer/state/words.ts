import type { CallOutput } from "../../contract/studio-calls.ts";
import type { BroadcastSnapshot } from "../../contract/studio-topics.ts";
import type { CommandKind, Refusal } from "../../model/commands.ts";
import type { SourceKind } from "../../model/document.ts";
import { fileFaultWords } from "./live-words.ts";

/** Codes come from main, the engine and the encoder; the words for them are here and nowhere else. */
export const refusalWords = (refusal: Refusal): string =>
  ({
    unknown_scene: "That scene is no longer there.",
    unknown_source: "That source is no longer there.",
    unknown_item: "That is no longer in the scene.",
    id_taken: "That is there already.",
    last_scene: "A collection needs at least one scene. Add another one first.",
    scene_cycle: "That scene shows this one, so it cannot be shown in it.",
    other_kind: "That does not go with this kind of source.",
    too_many: "There is no room for more of these.",
    key_taken: "That key does something else already.",
    no_preview: "Turn studio mode on first.",
  })[refusal];

export const kindWords = (kind: SourceKind): string =>
  ({
    colour: "Colour",
    "test-picture": "Test picture",
    display: "Display",
    window: "Window",
    camera: "Camera",
    microphone: "Microphone",
    "desktop-audio": "Desktop audio",
    image: "Image",
    slideshow: "Slideshow",
    text: "Text",
    video: "Video file",
    browser: "Web page",
    guest: "Guest",
    scene: "Scene",
  })[kind];

/** What undo and redo would do, after `Undo` and `Redo`. */
export const stepWords = (kind: CommandKind): string =>
  ({
    "collection-rename": "rename collection",
    canvas: "canvas size",
    "scene-add": "add scene",
    "scene-remove": "remove scene",
    "scene-rename": "rename scene",
    "scene-move": "move scene",
    "safe-scene": "safe scene",
    programme: "switch scene",
    preview: "choose preview",
    "studio-mode": "studio mode",
    take: "take",
    transition: "transition",
    "source-add": "add source",
    "source-remove": "remove source",
    "source-rename": "rename source",
    "source-settings": "change source",
    "source-filters": "change filters",
    sound: "change sound",
    "global-sound": "change sound",
    "item-add": "add to scene",
    "items-remove": "remove from scene",
    "item-move": "change order",
    "items-transform": "move",
    "item-visible": "show or hide",
    "item-locked": "lock or unlock",
    hotkey: "change hotkey",
  })[kind];

export const broadcastWords = (state: BroadcastSnapshot["state"]): string =>
  ({
    idle: "Not on air",
    starting: "Going live",
    live: "On air",
    interrupted: "Connection lost, trying again",
    stopping: "Ending",
  })[state];

type Fault = NonNullable<BroadcastSnapshot["fault"]>;
export const broadcastFaultWords = (fault: Fault): string =>
  ({
    no_target: "There is nowhere to send to. Sign in to a server or add a target.",
    not_signed_in: "Sign in to your server first, or switch that target off.",
    server_unreachable: "Your server does not answer. Check its address and your connection.",
    server_refused: "Your server refused the broadcast.",
    already_live: "Your channel is on air already, from somewhere else. End that first.",
    all_targets_failed: "No target took the broadcast.",
    engine_down: "The picture's process does not run. Close the studio and open it again.",
    encoder_down: "The encoder does not run. Try again, or choose another encoder in the settings.",
  })[fault.code];

/** Main's codes, or the system's own words. */
export const replayFaultWords = (fault: string): string =>
  ({
    nothing_recorded: "There is nothing to save yet: the replay buffer has only just begun.",
    replay_off: "The replay buffer is off. Start it first.",
    encoder_down: "The encoder does not run, so there is no replay.",
  })[fault] ?? `The replay could not be saved. ${fileFaultWords(fault)}`;

export type SignInFault = NonNullable<CallOutput<"account.sign-in">["fault"]>;
export const signInWords = (fault: SignInFault): string =>
  ({
    bad_address: "That is no address. It looks like https://live.example.org",
    unreachable: "Nothing answers there. Check the address and your connection.",
    wrong_password: "Username or password is wrong.",
    not_footlight: "There is a server, but no Footlight.",
    too_often: "Too many tries for now. Wait a minute, then try again.",
  })[fault];
