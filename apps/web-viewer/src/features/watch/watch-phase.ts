import type { ChannelPage } from "@footlight/shared";

/**
 * What the watch page shows, from the channel as the server tells it. The player says the rest (loading,
 * buffering, its own failures) inside `playing`.
 */
export type WatchPhase =
  | { kind: "loading" }
  | { kind: "missing" }
  | { kind: "error"; error: unknown }
  | { kind: "offline" }
  /** Announced, or just published: no picture yet. */
  | { kind: "starting" }
  | ({ kind: "playing" } & Playable)
  /** The streamer's connection broke; the stream goes on if it comes back in time. */
  | ({ kind: "reconnecting" } & Playable)
  | { kind: "ended" };

interface Playable {
  url: string;
  standardUrl?: string;
  whepUrl?: string;
  rungs: readonly string[];
}

interface Facts {
  channel: ChannelPage | undefined;
  error: unknown;
  missing: boolean;
  /** This page has shown the stream that is now over. */
  sawLive: boolean;
}

export const watchPhase = ({ channel, error, missing, sawLive }: Facts): WatchPhase => {
  if (missing) return { kind: "missing" };
  // An answer of a moment ago is better than an error page: polling goes on.
  if (!channel) return error ? { kind: "error", error } : { kind: "loading" };
  const { stream } = channel;
  if (!stream) return sawLive ? { kind: "ended" } : { kind: "offline" };
  switch (stream.status) {
    case "ready":
      return { kind: "starting" };
    case "ended":
      return { kind: "ended" };
    case "live":
    case "interrupted": {
      const { ll_hls, hls, whep } = stream.playback_urls;
      const url = ll_hls ?? hls;
      if (!url || stream.qualities.length === 0) return { kind: "starting" };
      const rungs = stream.qualities.map((quality) => `${quality.name} ${quality.resolution}`);
      return {
        kind: stream.status === "live" || channel.slate ? "playing" : "reconnecting",
        url,
        ...(hls && { standardUrl: hls }),
        ...(whep && { whepUrl: whep }),
        rungs,
      };
    }
  }
};

/** How soon to ask again: quick where something is about to change, gentle where nothing is. */
export const pollEveryMs = (phase: WatchPhase["kind"]): number => {
  switch (phase) {
    case "starting":
    case "reconnecting":
      return 1_000;
    case "ended":
    case "offline":
      return 4_000;
    case "playing":
      return 10_000;
    case "missing":
      return 30_000;
    case "loading":
    case "error":
      return 5_000;
  }
};

/** For screen readers, when it changes. */
export const announce = (phase: WatchPhase["kind"], name: string): string => {
  switch (phase) {
    case "offline":
      return `${name} is offline`;
    case "starting":
      return `${name} is about to start`;
    case "playing":
      return `${name} is live`;
    case "reconnecting":
      return `${name}'s connection was interrupted, waiting for it`;
    case "ended":
      return `The stream has ended`;
    case "loading":
    case "missing":
    case "error":
      return "";
  }
};
