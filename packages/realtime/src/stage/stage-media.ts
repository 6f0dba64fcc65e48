import type {
  MediaSource,
  ParticipantId,
  RealtimeMethod,
  RealtimeParams,
  RealtimeResult,
  RtpCapabilities,
  StageId,
} from "@footlight/shared";
import { Store } from "@footlight/ui/store.ts";
import type { types as mediasoup } from "mediasoup-client";
import type { RealtimeClient } from "../realtime-client.ts";
import { RealtimeFault } from "../realtime-fault.ts";
import { Receiving } from "./receiving.ts";
import { Sending, type SentTrack } from "./sending.ts";

/** What shall be; `StageMedia` makes it so. */
export interface MediaWish {
  readonly receive: ReadonlySet<string>;
  /** Null for who is not on stage. */
  readonly send: ReadonlyMap<MediaSource, SentTrack> | null;
}

export interface StageMediaState {
  readonly me: ParticipantId | null;
  /** Why it does not come about; tried again all the time. */
  readonly trouble: RealtimeFault["code"] | null;
  /** By producer id. */
  readonly tracks: ReadonlyMap<string, MediaStreamTrack>;
}

export interface StageMediaDeps {
  readonly stageId: StageId;
  /** Whether it comes in the place of another window of the same person; a later one then has it, until asked. */
  readonly takesOver: boolean;
  readonly realtime: Pick<RealtimeClient, "request">;
  /** For each join anew, as the router may have other codecs. */
  readonly createDevice: (routerRtpCapabilities: RtpCapabilities) => Promise<mediasoup.Device>;
}

const RETRY_MS = 1_000;
/** Whether another window has gone. */
const LOOK_MS = 3_000;
/** How long somebody's wish waits for a connection. */
const JOIN_MS = 10_000;

/**
 * One participant's media: joins the stage, and brings transports, producers and consumers to what is
 * wished, after every change, break and rebuild. One piece of work at a time.
 */
export class StageMedia {
  readonly state = new Store<StageMediaState>({ me: null, trouble: null, tracks: new Map() });
  #wish: MediaWish = { receive: new Set(), send: null };
  #joined = false;
  #joinId: string | undefined;
  #receiving: Receiving | undefined;
  #sending: Sending | undefined;
  /** For the stage to be joined. */
  readonly #waiters = new Set<{ readonly go: () => void; readonly fail: () => void }>();
  #working = false;
  #again = false;
  #closed = false;
  #retry: ReturnType<typeof setTimeout> | undefined;
  #takesOver: boolean;

  constructor(private readonly deps: StageMediaDeps) {
    this.#takesOver = deps.takesOver;
  }

  wish(wish: MediaWish): void {
    this.#wish = wish;
    void this.#work();
  }

  /** Waits until the stage is joined, also after a break. Rejects with `RealtimeFault`. */
  async request<M extends RealtimeMethod>(method: M, params: RealtimeParams<M>): Promise<RealtimeResult<M>> {
    await this.#whenJoined();
    return await this.deps.realtime.request(method, params);
  }

  /** Another window of the same person loses its place to this one. */
  takeOver(): void {
    this.#takesOver = true;
    void this.#work();
  }

  /** The socket is gone; whether the media still are is not known. */
  disconnected(): void {
    this.#joined = false;
  }

  /** There is a new socket, which knows nothing of us yet: the media go on where they still are. */
  reconnected(): void {
    this.#joined = false;
    void this.#work();
  }

  /** Every transport is void. */
  rebuild(): void {
    this.#reset();
    void this.#work();
  }

  close(): void {
    this.#closed = true;
    for (const waiter of [...this.#waiters]) waiter.fail();
    clearTimeout(this.#retry);
    this.#reset();
  }

  async #work(): Promise<void> {
    if (this.#working || this.#closed) {
      this.#again = true;
      return;
    }
    this.#working = true;
    clearTimeout(this.#retry);
    try {
      do {
        this.#again = false;
        await this.#step();
      } while (this.#again && !this.#closed);
      this.#show({ trouble: null });
    } catch (error) {
      this.#failed(error);
    } finally {
      this.#working = false;
    }
  }

  async #step(): Promise<void> {
    if (!this.#joined) await this.#join();
    const { receive, send } = this.#wish;
    await this.#sending?.apply(send);
    const missing = await this.#receiving?.apply(receive);
    this.#show({ tracks: this.#receiving?.tracks ?? new Map() });
    if (missing === true) this.#tryLater();
  }

  #whenJoined(): Promise<void> {
    if (this.#closed) return Promise.reject(new RealtimeFault("network"));
    if (this.#joined) return Promise.resolve();
    return new Promise((resolve, reject) => {
      const done = (settle: () => void) => () => {
        clearTimeout(deadline);
        this.#waiters.delete(waiter);
        settle();
      };
      const waiter = { go: done(resolve), fail: done(() => reject(new RealtimeFault("network"))) };
      const deadline = setTimeout(waiter.fail, JOIN_MS);
      this.#waiters.add(waiter);
    });
  }

  async #join(): Promise<void> {
    const { stageId, realtime, createDevice } = this.deps;
    const before = this.#joinId;
    const joined = await realtime.request("stage.join", {
      stageId,
      ...(before !== undefined && { joinId: before, anew: this.#receiving === undefined }),
      takeOver: this.#takesOver,
    });
    if (this.#closed) return;
    this.#takesOver = false;
    this.#joinId = joined.joinId;
    if (!joined.resumed || this.#receiving === undefined) {
      this.#reset();
      const device = await createDevice(joined.routerRtpCapabilities);
      if (this.#closed) return;
      const parts = { device, realtime, onBroken: () => this.rebuild() };
      this.#receiving = new Receiving(parts);
      this.#sending = new Sending(parts);
    }
    this.#joined = true;
    for (const waiter of [...this.#waiters]) waiter.go();
    this.#show({ me: joined.participantId });
  }

  #failed(error: unknown): void {
    if (this.#closed) return;
    const code = error instanceof RealtimeFault ? error.code : "internal_error";
    // What the server does not know any more, and what the browser's own stack refused, is made anew.
    if (code === "network") this.#joined = false;
    else if (code !== "not_on_stage" && code !== "forbidden") this.#reset();
    this.#show({ trouble: code });
    this.#tryLater(code === "joined_elsewhere" && !this.#takesOver ? LOOK_MS : RETRY_MS);
  }

  #tryLater(afterMs = RETRY_MS): void {
    if (this.#closed) return;
    clearTimeout(this.#retry);
    this.#retry = setTimeout(() => void this.#work(), afterMs);
  }

  /** What was ours stays known as such: only another window's place is not taken. */
  #reset(): void {
    this.#joined = false;
    this.#receiving?.close();
    this.#sending?.close();
    this.#receiving = undefined;
    this.#sending = undefined;
    this.#show({ tracks: new Map() });
  }

  #show(change: Partial<StageMediaState>): void {
    this.state.set({ ...this.state.get(), ...change });
  }
}
