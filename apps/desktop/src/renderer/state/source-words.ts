import type { SourceState } from "../../contract/engine-control.ts";
import type { SourceKind } from "../../model/document.ts";

type SourceFault = SourceState["code"];

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

/** The same in the fewest words, behind the source's name. */
export const sourceFaultWords = (code: SourceFault, kind: SourceKind): string => {
  switch (code) {
    case "no_permission":
      return "is not allowed to the studio";
    case "no_device":
      return "is not connected";
    case "unplugged":
      return kind === "desktop-audio" ? "has ended" : "was unplugged";
    case "not_found":
      return kind === "window" ? "is closed" : "is gone";
    case "unreachable":
      return "cannot be reached";
    case "crashed":
      return "crashed";
    case "unreadable":
    case undefined:
      return kind === "microphone" || kind === "desktop-audio" ? "gives no sound" : "gives no picture";
  }
};
