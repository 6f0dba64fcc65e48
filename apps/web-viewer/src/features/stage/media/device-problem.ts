/** Why there is no picture or sound of somebody's own. */
export type DeviceProblem =
  /** The page came over plain HTTP: the browser hides camera and microphone. */
  | "insecure"
  | "unsupported"
  /** The person, the browser's settings or the system said no. */
  | "denied"
  | "no_device"
  /** Another program holds it. */
  | "busy"
  /** It was unplugged. */
  | "lost";

/** Of what `getUserMedia` rejects with (Media Capture and Streams, section 10.2). */
export function deviceProblemOf(error: unknown): DeviceProblem {
  const name = typeof error === "object" && error !== null && "name" in error ? error.name : undefined;
  switch (name) {
    case "NotAllowedError":
    case "SecurityError":
      return "denied";
    case "NotFoundError":
    case "OverconstrainedError":
      return "no_device";
    case "NotReadableError":
    case "AbortError":
      return "busy";
    default:
      return "unsupported";
  }
}
