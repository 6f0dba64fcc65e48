import type { SourceState } from "../../contract/engine-control.ts";
import type { CallOutput } from "../../contract/studio-calls.ts";
import type { BroadcastSnapshot, News } from "../../contract/studio-topics.ts";
import type { CommandKind, Refusal } from "../../model/commands.ts";
import type { SourceKind } from "../../model/document.ts";
import { recordingFaultWords } from "./live-words.ts";

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

/** What is wrong with a source and what to do about it; null: nothing. */
export const sourceTrouble = (kind: SourceKind, state: SourceState | undefined): string | null => {
  if (!state || state.state === "live" || state.state === "starting") return null;
  if (state.state === "ended") return kind === "video" ? null : "It has stopped. It comes back by itself.";
  switch (state.code) {
    case "no_permission":
      return "The system does not let the studio use it. Allow it in the system's privacy settings.";
    case "no_device":
      return "It is not connected. Plug it in, or choose another one.";
    case "unplugged":
      return kind === "desktop-audio"
        ? "The system's sound has ended. It comes back by itself."
        : "It was unplugged. Plug it in again and it comes back by itself.";
    case "not_found":
      if (kind === "window")
        return "The window is closed. Open it again and it comes back by itself, or choose another one.";
      if (kind === "display")
        return "The display is gone. Connect it again and it comes back by itself, or choose another one.";
      return "The file is not there. Choose it again.";
    case "unreadable":
      if (kind === "camera" || kind === "microphone")
        return "It does not answer. If another programme uses it, close that one, and it comes back by itself.";
      if (kind === "desktop-audio")
        return "The system gives no sound to the studio. It is tried again by itself.";
      return "The file cannot be read. Choose another one.";
    case "unreachable":
      return "The page cannot be reached and is tried again by itself. Check its address.";
    case "crashed":
      return "The page crashed and is loaded again by itself.";
    case undefined:
      return "It does not start. Choose it again.";
  }
};

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

export const newsWords = ({ code, detail }: News): { words: string; tone: "good" | "bad" } => {
  const bad = (words: string) => ({ words, tone: "bad" as const });
  const good = (words: string) => ({ words, tone: "good" as const });
  switch (code) {
    case "document_broken":
      return bad(`Your scenes could not be read. The file was kept as ${detail}, and you start afresh.`);
    case "document_from_future":
      return bad(`Your scenes were made by a newer studio. The file was kept as ${detail}.`);
    case "document_not_saved":
      return bad(`Your scenes could not be saved: ${detail}`);
    case "engine_restarted":
      return bad("The picture's process crashed and was started again.");
    case "encoder_restarted":
      return bad("The encoder crashed and was started again.");
    case "engine_failed":
      return bad("The picture's process keeps crashing and is no longer started by itself.");
    case "encoder_failed":
      return bad("The encoder keeps crashing and is no longer started by itself.");
    case "encoder_hopeless":
      return bad(`The encoder ${detail} does not work here. x264 has taken its place.`);
    case "recording_saved":
      return good(`Recording saved as ${detail}`);
    case "recording_failed":
      return bad(`The recording stopped. ${recordingFaultWords(detail)}`);
    case "replay_saved":
      return good(`Replay saved as ${detail}`);
    case "replay_failed":
      return bad(replayFaultWords(detail));
    case "marker_set":
      return good(`${detail} is set.`);
    case "disk_nearly_full":
      return bad(`The disk is nearly full: it lasts for ${detail} more minutes of recording.`);
    case "backfill_done":
      return good(`${detail} frames that the line had kept back are with the server.`);
    case "backfill_failed":
      return bad(`What the line kept back could not be sent: ${detail}`);
    case "spool_full":
      return bad("The line is down, and there is no more room to keep what the server lacks.");
    case "hotkey_unavailable":
      return bad(`Another programme holds the key ${detail}.`);
    case "update_ready":
      return good(
        `Version ${detail} is here. Restart to update in the File menu, or it comes when you close the studio.`,
      );
    case "secrets_not_kept":
      return bad("This system has no secret store: keys last until the studio is closed.");
    case "invitation_opened":
      return good(`The invitation to ${detail} is open in your browser. Guests join there.`);
    case "sign_in_failed":
      return bad(`You are not signed in. ${signInWords(detail as SignInFault)}`);
  }
};

/** Main's codes, or the system's own words. */
export const replayFaultWords = (fault: string): string =>
  ({
    nothing_recorded: "There is nothing to save yet: the replay buffer has only just begun.",
    replay_off: "The replay buffer is off. Start it first.",
    encoder_down: "The encoder does not run, so there is no replay.",
  })[fault] ?? `The replay could not be saved: ${fault}`;

type SignInFault = NonNullable<CallOutput<"account.sign-in">["fault"]>;
export const signInWords = (fault: SignInFault): string =>
  ({
    bad_address: "That is no address. It looks like https://live.example.org",
    unreachable: "Nothing answers there. Check the address and your connection.",
    wrong_password: "Username or password is wrong.",
    not_footlight: "There is a server, but no Footlight.",
    too_often: "Too many tries for now. Wait a minute, then try again.",
  })[fault];
