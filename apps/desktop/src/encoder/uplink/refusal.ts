/** What a server's "no" means for us. */
export type RefusalCode = "bad_key" | "key_in_use" | "rejected";
export type Refusal =
  | { readonly kind: "final"; readonly code: RefusalCode; readonly description: string }
  /** It may say yes in a moment. */
  | { readonly kind: "passing"; readonly description: string };

/** Nothing that another key would mend. */
const NOT_THE_KEY = /too many|unknown app|was ended|not supported|unsupported|cannot be read|malformed/i;
const PASSING = /restart|shutting down|too busy|try again|server is full|overload|temporar|no media came/i;
const IN_USE =
  /in use|already (publish|live|exist|being)|stream ?busy|duplicate|took this stream over|switched to another/i;
const BAD_KEY =
  /stream key|key was replaced|\bkey\b|auth|unauthori[sz]ed|forbidden|denied|permission|not allowed|invalid (stream|name)|no such stream|unknown stream/i;

/**
 * Servers agree on little: ours and nginx-rtmp refuse with `NetStream.Publish.BadName` and words ("Already publishing"),
 * MediaMTX and SRS with `NetConnection.Connect.Rejected` and words of their own, Wowza and Adobe with
 * `NetStream.Publish.BadName` alone, and "unauthorized" or "denied" is in each one's vocabulary. So the words count
 * before the code.
 */
export function classifyRefusal(code: string, description: string): Refusal {
  if (IN_USE.test(description)) return { kind: "final", code: "key_in_use", description };
  if (NOT_THE_KEY.test(description)) return { kind: "final", code: "rejected", description };
  if (PASSING.test(description)) return { kind: "passing", description };
  if (BAD_KEY.test(description)) return { kind: "final", code: "bad_key", description };
  switch (code) {
    case "NetStream.Publish.BadName":
    case "NetStream.Publish.Denied":
    case "NetStream.Publish.Unauthorized":
    case "NetStream.Authenticate.UsherToken":
      return { kind: "final", code: "bad_key", description };
    case "NetStream.Publish.BadConnection":
      return { kind: "final", code: "key_in_use", description };
    default:
      return { kind: "final", code: "rejected", description };
  }
}
