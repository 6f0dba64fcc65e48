import type { Advice, PublishRefusal, StreamHealth } from "@footlight/shared";

/** Cause and cure of what the server sees in the feed. */
export const ADVICE: Record<Advice, { title: string; cause: string; remedy: string }> = {
  irregular_keyframes: {
    title: "Keyframes are too far apart or irregular",
    cause:
      "The top quality is encoded again here, which costs the server work and the picture some sharpness.",
    remedy: "OBS: Settings → Output → Keyframe Interval 2 s, and x264 option scenecut=0.",
  },
  codec_reencoded: {
    title: "The video is not H.264",
    cause: "Browsers do not all play it, so it is encoded again here.",
    remedy: "OBS: Settings → Output → Video Encoder, choose an H.264 one.",
  },
  frames_missing: {
    title: "Frames are missing",
    cause: "Your encoder left them out, or the network lost them; viewers see it stutter.",
    remedy: "Lower the bitrate by a third, use a cable instead of Wi-Fi, and check the encoder's load.",
  },
  bitrate_unsteady: {
    title: "The bitrate jumps",
    cause: "Viewers with a tight connection will stall at its peaks.",
    remedy: "OBS: Settings → Output → Rate Control CBR.",
  },
  no_audio: {
    title: "There is no sound",
    cause: "The encoder sends no audio track.",
    remedy: "OBS: look at the Audio Mixer, and Settings → Audio for the device.",
  },
  no_video: {
    title: "There is no picture",
    cause: "The encoder sends sound alone.",
    remedy: "Check that a scene with a source is chosen and that a video encoder is set.",
  },
  rung_dropped: {
    title: "The server could not keep up",
    cause: "It left out the highest quality that it encodes; the others go on.",
    remedy:
      "Send H.264 without B-frames and with a keyframe every 2 s, so that your own picture is passed through without work, or a smaller picture.",
  },
  storage_full: {
    title: "The server's disk is full",
    cause: "The stream goes on live, but is not being kept.",
    remedy: "Ask the operator of the server to make room.",
  },
};

/** What fits this feed: nobody is told to do what they do already. */
export const adviceFor = (
  code: Advice,
  { passthrough }: Pick<StreamHealth, "passthrough">,
): (typeof ADVICE)[Advice] =>
  code === "rung_dropped" && passthrough === true
    ? {
        title: ADVICE.rung_dropped.title,
        cause: "It left out one of the smaller qualities that it makes. Your own picture goes out untouched.",
        remedy:
          "Nothing is wrong with what you send. A smaller picture or fewer frames a second leave the server more time; so does less work beside it on that machine.",
      }
    : ADVICE[code];

/** Why a publisher was turned away, and what to do. */
export const REFUSALS: Record<PublishRefusal, { title: string; remedy: string }> = {
  wrong_key: {
    title: "An encoder used a wrong key",
    remedy: "Copy the key again into the encoder. After rotation the old one no longer works.",
  },
  key_in_use: {
    title: "A second encoder wants to go on",
    remedy:
      "Another one is sending with the same key. Switch, and the new one takes its place; or stop it there.",
  },
  stream_ended: {
    title: "The stream was ended here",
    remedy: "Allow publishing again to go on with the same key.",
  },
  server_full: {
    title: "The server is full",
    remedy: "It cannot carry another stream at the moment. Try again later, or send a smaller picture.",
  },
  locked_out: {
    title: "Too many wrong keys",
    remedy: "That address is locked out for a while. Wait a few minutes, then use the right key.",
  },
  server_closing: {
    title: "The server is restarting",
    remedy: "The encoder connects again by itself in a moment.",
  },
  unsupported_codec: {
    title: "The encoder's codec is not supported",
    remedy: "Use H.264 video and AAC sound. OBS: Settings → Output → Video Encoder.",
  },
};
