import type { StreamTopicState } from "@footlight/shared";

export type UltraState = StreamTopicState["ultra"];

/** Tells what `/realtime` knows of a stream's WebRTC side, whenever it changes; returns how to stop. */
export type WatchUltra = (streamId: string, onState: (state: UltraState) => void) => () => void;

/** By a socket of its own, fetched with its schemas only by who watches such a stream. */
export const watchUltra: WatchUltra = (streamId, onState) => {
  let stopped = false;
  let stop = () => {};
  import("../realtime/page-realtime.ts").then(
    ({ openRealtime }) => {
      if (stopped) return;
      const client = openRealtime();
      client.subscribe("stream", streamId, (news) => {
        if (news.kind === "state") onState(news.state.ultra);
      });
      stop = () => client.close();
    },
    // Without it the picture comes all the same; only its delay is not known.
    () => undefined,
  );
  return () => {
    stopped = true;
    stop();
  };
};

/**
 * What a deck's connection has to do after news. `again`: its source is gone, connect anew at once.
 * `hopeful`: what was missing is there.
 */
export type UltraNews = "again" | "hopeful" | "nothing";

/** Follows the WebRTC side of one stream, and notices when who is connected must connect anew. */
export class UltraFollower {
  state: UltraState | null = null;
  private streamId: string | undefined;
  private stop: (() => void) | undefined;
  private isConnected = false;
  /** Of the source that the picture in front comes from, or of the last one that gave none. */
  private epoch: number | null = null;

  constructor(
    private readonly watch: WatchUltra | undefined,
    private readonly onNews: (news: UltraNews) => void,
  ) {}

  follow(streamId: string | undefined): void {
    if (streamId === this.streamId) return;
    this.stop?.();
    this.streamId = streamId;
    this.state = null;
    this.stop = streamId === undefined ? undefined : this.watch?.(streamId, (state) => this.note(state));
  }

  /** The first frame is there: it comes from the source that is known by now. */
  connected(): void {
    this.isConnected = true;
    this.epoch = this.state?.epoch || null;
  }

  /** Without a picture from what is known by now. */
  parted(): void {
    this.isConnected = false;
    this.epoch = this.state?.epoch || null;
  }

  private note(state: UltraState): void {
    const before = this.state;
    this.state = state;
    if (this.isConnected) {
      // 0: nothing was known of a room yet.
      const isAnother = this.epoch !== null && this.epoch !== state.epoch;
      this.epoch = state.epoch || null;
      this.onNews(isAnother ? "again" : "nothing");
      return;
    }
    // A source has a clock as soon as its pictures come. One that has just gone is no reason to hope: it
    // may have gone because this viewer, the only one, did.
    const isAnother = state.clock !== null && this.epoch !== state.epoch;
    const isBack = isAnother || before?.available === false;
    if (isAnother) this.epoch = state.epoch;
    this.onNews(isBack && state.available ? "hopeful" : "nothing");
  }
}
