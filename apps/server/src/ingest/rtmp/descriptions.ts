import type { Status } from "@footlight/protocols/rtmp/command.ts";

/** What only RTMP has to say to an encoder; the rest is in `ingest/refusal-words.ts`. */
export const describeUnsupported = (name: string): string =>
  `${name} is not supported. Use H.264 video and AAC audio.`;
export const WRONG_APP = 'Unknown application. The address ends in "/live", the stream key stands by itself.';
export const NO_PLAY = "This server only takes streams in by RTMP. Watch them on their page.";
export const ALREADY_PUBLISHING = "This connection is publishing already.";
export const MALFORMED = "The media cannot be read. Check the encoder's settings.";
export const INTERNAL = "The server failed. Try again.";

export const PUBLISH_START: Status = {
  level: "status",
  code: "NetStream.Publish.Start",
  description: "Publishing started.",
};
export const UNPUBLISH_SUCCESS: Status = {
  level: "status",
  code: "NetStream.Unpublish.Success",
  description: "Publishing stopped.",
};
