import { expect, test } from "vitest";
import { classifyRefusal } from "./refusal.ts";

const code = (status: string, words: string): string => {
  const refusal = classifyRefusal(status, words);
  return refusal.kind === "final" ? refusal.code : refusal.kind;
};

test.each([
  // ours
  ["NetStream.Publish.BadName", "Wrong stream key. Copy the key from your dashboard again.", "bad_key"],
  [
    "NetStream.Publish.BadName",
    "This stream key is already live from another encoder. Stop that one.",
    "key_in_use",
  ],
  ["NetStream.Publish.BadName", "This stream was ended. Start it again in your dashboard.", "rejected"],
  ["NetStream.Publish.BadName", "The server is restarting. Connect again in a few seconds.", "passing"],
  [
    "NetStream.Publish.BadName",
    "Too many wrong stream keys from this address. Wait a minute and try again.",
    "rejected",
  ],
  ["NetConnection.Connect.Closed", "Another encoder took this stream over with the same key.", "key_in_use"],
  ["NetConnection.Connect.Closed", "The stream key was replaced. Copy the new one.", "bad_key"],
  ["NetConnection.Connect.Rejected", 'Unknown application. The address ends in "/live".', "rejected"],
  // others
  ["NetStream.Publish.BadName", "Already publishing", "key_in_use"],
  ["NetStream.Publish.BadName", "", "bad_key"],
  ["NetStream.Publish.BadName", "Stream already exists", "key_in_use"],
  ["NetConnection.Connect.Rejected", "authentication error", "bad_key"],
  ["NetConnection.Connect.Rejected", "", "rejected"],
])("%s, “%s”: %s", (status, words, expected) => {
  expect(code(status, words)).toBe(expected);
});
