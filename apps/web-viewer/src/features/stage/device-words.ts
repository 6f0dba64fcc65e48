import type { DeviceProblem } from "./media/device-problem.ts";
import type { InputKind } from "./media/local-devices.ts";

const NOUN: Record<InputKind, string> = { camera: "camera", microphone: "microphone" };

/** What is wrong with somebody's camera or microphone, and what they can do. */
export function deviceWords(kind: InputKind, problem: DeviceProblem): { title: string; text: string } {
  const noun = NOUN[kind];
  switch (problem) {
    case "insecure":
      return {
        title: "This page cannot use your camera and microphone",
        text: "It was opened over plain HTTP, and browsers hand camera and microphone only to encrypted pages. Ask your host for a link that begins with https:// – or, if this is your own server, switch TLS on (npm run tls).",
      };
    case "unsupported":
      return {
        title: `This browser offers no ${noun}`,
        text: "Try a current Chrome, Edge, Firefox or Safari.",
      };
    case "denied":
      return {
        title: `Your ${noun} is blocked`,
        text: `Allow the ${noun} for this site – by the icon at the left end of the address bar, or in the system's privacy settings – and reload the page.`,
      };
    case "no_device":
      return {
        title: `No ${noun} found`,
        text: `Plug one in and it is used at once. You can also come in without a ${noun}.`,
      };
    case "busy":
      return {
        title: `Your ${noun} is in use`,
        text: "Another program holds it. Close that program, then choose the device again.",
      };
    case "lost":
      return {
        title: `Your ${noun} was unplugged`,
        text: "Plug it in again, or choose another one.",
      };
  }
}
