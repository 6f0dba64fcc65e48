import type { SourceSettings } from "../../../model/document.ts";
import type { SourceFault } from "./picture-source.ts";

/** Names of Media Capture and Streams §10.2 (getUserMedia) → what the window has words for. */
const FAULTS: Readonly<Record<string, SourceFault>> = {
  NotAllowedError: "no_permission",
  SecurityError: "no_permission",
  NotFoundError: "no_device",
  OverconstrainedError: "no_device",
  NotReadableError: "unreadable",
  // Chromium says so where a device is held by another program, or a captured window has gone.
  AbortError: "unreadable",
};

/** Displays and windows that are gone are told apart from devices that are only busy. */
export function faultOf(cause: unknown, kind: SourceSettings["kind"]): SourceFault {
  const fault = FAULTS[cause instanceof DOMException ? cause.name : ""] ?? "unreadable";
  const onScreen = kind === "display" || kind === "window";
  return onScreen && fault !== "no_permission" ? "not_found" : fault;
}

/** What it is called that a stream has ended by itself. */
export const endOf = (kind: SourceSettings["kind"]): SourceFault =>
  kind === "display" || kind === "window" ? "not_found" : "unplugged";
