import type { SdpOffer } from "@footlight/protocols/sdp/offer-types.ts";
import type { PublisherTerms, ViewerTerms } from "@footlight/protocols/sdp/terms.ts";
import { viewerTerms } from "@footlight/protocols/sdp/viewer.ts";
import type { StreamId } from "@footlight/shared";
import type { Producer } from "mediasoup/types";
import type { Clock } from "../platform/clock.ts";
import type { Logger } from "../platform/logger.ts";
import { type RtcClock, type RtcEnd, type RtcFeed, RtcRefusal } from "../stream/rtc.ts";
import type { AnnouncedAddresses } from "./announced-addresses.ts";
import { FULL_RETRY_S } from "./peer-limits.ts";
import type { PeerTiming } from "./peer-transport.ts";
import { Publication } from "./publication.ts";
import { RoomBranch } from "./room-branch.ts";
import { RoomBranches } from "./room-branches.ts";
import { asRoomMeets, speaks } from "./room-codecs.ts";
import { RoomFeed } from "./room-feed.ts";
import { openHome, type RoomHome, SOON_RETRY_S } from "./room-home.ts";
import { closeSource, type RoomSource } from "./room-source.ts";
import type { RtcPeer, RtcRoomState, StageHold } from "./rtc-port.ts";
import { RoomStageHold } from "./stage-hold.ts";
import { Viewer } from "./viewer.ts";
import { whenAborted } from "./when-aborted.ts";
import type { WorkerPool } from "./worker-pool.ts";

export interface RoomDeps {
  readonly pool: WorkerPool;
  readonly addresses: AnnouncedAddresses;
  readonly maxPeers: number;
  readonly timing: PeerTiming;
  /** How long a viewer waits for the room's media to begin. */
  readonly sourceMs: number;
  readonly clock: Clock;
  readonly logger: Logger;
  /** False where nothing of this name runs. */
  readonly demand: (peers: number) => boolean;
  /** A number above all that there were. */
  readonly nextEpoch: () => number;
  readonly enterAddress: (address: string) => () => void;
  readonly onChange: () => void;
  readonly onIdle: () => void;
}

/** One stream's room: a home router with its source, branches of it, and who watches. */
export class Room {
  readonly #branches = new RoomBranches();
  readonly #viewers = new Set<Viewer>();
  readonly #stages = new Set<RoomStageHold>();
  readonly #sourceWaiters = new Set<() => void>();
  #home: Promise<RoomHome> | undefined;
  #source: RoomSource | undefined;
  #feed: RoomFeed | undefined;
  #epoch: number;
  #clock: RtcClock | undefined;
  /** Viewers there and on their way, stages and their participants. */
  #peers = 0;
  /** Publishers on their way. */
  #arriving = 0;
  /** Listeners on workers, which outlive a room. */
  readonly #forgets: (() => void)[] = [];
  #closed = false;

  constructor(
    readonly streamId: StreamId,
    private readonly deps: RoomDeps,
  ) {
    this.#epoch = deps.nextEpoch();
  }

  get state(): RtcRoomState {
    return { epoch: this.#epoch, clock: this.#clock };
  }

  get viewers(): number {
    return this.#viewers.size;
  }

  get publishers(): number {
    return this.#source?.kind === "published" ? 1 : 0;
  }

  get branches(): number {
    return this.#branches.size;
  }

  async publish(offer: SdpOffer, terms: PublisherTerms): Promise<Publication> {
    const { addresses, timing, clock } = this.deps;
    this.#arriving += 1;
    try {
      const { worker, router } = await this.#openHome();
      const publication = await Publication.create({
        ...{ worker, router, addresses, timing, offer, terms, clock },
        onClock: (told) => this.#tellClock(told),
      });
      const source: RoomSource = { kind: "published", publication, ...publication.source };
      if (this.#closed || publication.closed.aborted) {
        publication.end("closing");
        throw new RtcRefusal("rtc_unavailable", "The media worker died.", SOON_RETRY_S);
      }
      this.#setSource(source);
      whenAborted(publication.closed, () => {
        if (this.#source === source) this.#setSource(undefined);
      });
      return publication;
    } finally {
      this.#arriving -= 1;
      this.#closeIfIdle();
    }
  }

  async watch(offer: SdpOffer, peer: RtcPeer): Promise<Viewer> {
    const leave = this.#enter(peer.address, true);
    try {
      const source = await this.#awaitSource();
      const terms = asRoomMeets(viewerTerms(offer, source.media));
      const place = await this.#place(terms, source);
      try {
        const viewer = await this.#admit(offer, terms, place);
        whenAborted(viewer.closed, () => {
          this.#viewers.delete(viewer);
          place.leave();
          leave();
        });
        if (this.#source !== source) viewer.end("source_changed");
        if (viewer.closed.aborted)
          throw new RtcRefusal("rtc_unavailable", "The session ended as it began.", 1);
        this.#viewers.add(viewer);
        return viewer;
      } catch (error) {
        place.leave();
        if (this.#source !== source)
          throw new RtcRefusal("rtc_unavailable", "The source has just changed.", 1);
        throw error;
      }
    } catch (error) {
      leave();
      throw error;
    }
  }

  feed(keyframeWanted: () => void): RtcFeed {
    this.#feed?.close();
    const feed: RoomFeed = new RoomFeed(
      {
        home: () => this.#openHome(),
        fed: (fed) => {
          if (this.#closed || this.#source?.kind === "published") {
            throw new RtcRefusal("rtc_unavailable", "A publisher has this room.", SOON_RETRY_S);
          }
          const { producers, media } = fed;
          this.#setSource({ kind: "fed", fed, producers, media });
        },
        unfed: (fed) => {
          if (this.#feed === feed) this.#feed = undefined;
          if (fed !== undefined && this.#source?.kind === "fed" && this.#source.fed === fed) {
            this.#setSource(undefined);
          }
          this.#closeIfIdle();
        },
        tellClock: (told) => this.#tellClock(told),
      },
      keyframeWanted,
      this.deps.logger,
    );
    this.#feed = feed;
    return feed;
  }

  async holdForStage(): Promise<StageHold> {
    const leave = this.#enter(undefined, false);
    try {
      const home = await this.#openHome();
      const hold: RoomStageHold = new RoomStageHold(home, {
        addresses: this.deps.addresses,
        programme: () => this.#source?.producers,
        enter: (address) => this.#enter(address, false),
        onRelease: () => {
          this.#stages.delete(hold);
          leave();
        },
      });
      this.#stages.add(hold);
      return hold;
    } catch (error) {
      leave();
      throw error;
    }
  }

  /** A worker has come: what a dead one took is made anew. */
  workersChanged(): void {
    this.#feed?.restore();
  }

  /** Ends everyone's session; the room is not used again. */
  close(reason: RtcEnd): void {
    if (this.#closed) return;
    this.#closed = true;
    for (const forget of this.#forgets) forget();
    // Before what they watch, which would give them its own reason.
    for (const viewer of [...this.#viewers]) viewer.end(reason);
    for (const stage of [...this.#stages]) stage.end(reason);
    if (this.#source?.kind === "published") this.#source.publication.end(reason);
    this.#feed?.close();
    for (const wake of this.#sourceWaiters) wake();
    this.#branches.closeAll();
    this.#home?.then(
      ({ router }) => router.close(),
      () => {},
    );
  }

  /** Counts a peer of the stream and of its address; returns how it leaves. Throws `RtcRefusal`. */
  #enter(address: string | undefined, mustRun: boolean): () => void {
    if (this.#peers >= this.deps.maxPeers) {
      throw new RtcRefusal("rtc_full", "This stream has no room for more WebRTC viewers.", FULL_RETRY_S);
    }
    let leaveAddress: (() => void) | undefined;
    try {
      leaveAddress = address === undefined ? undefined : this.deps.enterAddress(address);
    } catch (error) {
      this.#closeIfIdle();
      throw error;
    }
    this.#peers += 1;
    const runs = this.deps.demand(this.#peers);
    let inside = true;
    const leave = () => {
      if (!inside) return;
      inside = false;
      leaveAddress?.();
      this.#peers -= 1;
      this.deps.demand(this.#peers);
      this.#closeIfIdle();
    };
    if (mustRun && !runs && this.#source === undefined) {
      leave();
      throw new RtcRefusal("not_live", "Nothing of this name is live.");
    }
    return leave;
  }

  async #openHome(): Promise<RoomHome> {
    if (this.#home === undefined) {
      const opening = openHome(this.deps.pool);
      this.#home = opening;
      opening.then(
        ({ worker }) => {
          this.#forgets.push(whenAborted(worker.gone, () => this.#homeDied(opening)));
        },
        () => {
          if (this.#home === opening) this.#home = undefined;
        },
      );
    }
    return this.#home;
  }

  #homeDied(home: Promise<RoomHome>): void {
    if (this.#closed || this.#home !== home) return;
    this.#home = undefined;
    this.#feed?.lost();
    for (const stage of [...this.#stages]) stage.end("worker_died");
    this.#setSource(undefined);
    this.#feed?.restore();
    this.#closeIfIdle();
  }

  #setSource(source: RoomSource | undefined): void {
    const before = this.#source;
    this.#source = source;
    this.#clock = undefined;
    for (const viewer of [...this.#viewers]) viewer.end("source_changed");
    this.#branches.closeAll();
    if (before !== undefined) closeSource(before);
    this.#newEpoch();
    for (const stage of this.#stages) stage.programmeChanged();
    for (const wake of this.#sourceWaiters) wake();
    this.#closeIfIdle();
  }

  #newEpoch(): void {
    this.#epoch = this.deps.nextEpoch();
    this.deps.onChange();
  }

  #tellClock(clock: RtcClock): void {
    this.#clock = clock;
    this.deps.onChange();
  }

  /** A feed that starts for the first viewer, or a publisher who is on the way back. */
  async #awaitSource(): Promise<RoomSource> {
    const deadlineMs = performance.now() + this.deps.sourceMs;
    while (this.#source === undefined && !this.#closed) {
      const leftMs = deadlineMs - performance.now();
      if (leftMs <= 0) break;
      await new Promise<void>((resolve) => {
        const wake = () => {
          clearTimeout(timer);
          this.#sourceWaiters.delete(wake);
          resolve();
        };
        const timer = setTimeout(wake, leftMs);
        this.#sourceWaiters.add(wake);
      });
    }
    if (this.#source !== undefined && !this.#closed) return this.#source;
    throw new RtcRefusal("rtc_unavailable", "The stream's media have not begun.", SOON_RETRY_S);
  }

  /** The home router where it speaks as the viewer does, else a branch. Throws `RtcRefusal`. */
  async #place(terms: ViewerTerms, source: RoomSource): Promise<Place> {
    const home = await this.#openHome();
    const { worker, router } = home;
    if (worker.hasRoom && speaks(router.rtpCapabilities, terms.routerCodecs)) {
      return { worker, router, producers: source.producers, open: () => {}, leave: () => {} };
    }
    const chosen = this.deps.pool.pick([worker, ...this.#branches.workers()]);
    if (chosen === undefined) throw new RtcRefusal("rtc_full", "All media workers are full.", FULL_RETRY_S);
    const { branch, leave } = await this.#branches.enter(chosen, terms.dialect, async () => {
      const made = await RoomBranch.create(chosen, terms.routerCodecs, {
        router,
        producers: source.producers,
      });
      // Home's own end says so itself.
      if (chosen !== worker) made.onWorkerGone(() => this.#branchDied());
      return made;
    });
    const { producers } = branch;
    return { worker: branch.worker, router: branch.router, producers, open: () => branch.open(), leave };
  }

  #branchDied(): void {
    if (!this.#closed) this.#newEpoch();
  }

  #admit(offer: SdpOffer, terms: ViewerTerms, place: Place): Promise<Viewer> {
    const { addresses, timing } = this.deps;
    const { worker, router, producers } = place;
    return Viewer.create({
      ...{ worker, router, producers, offer, terms, addresses, timing },
      msid: this.streamId,
      onConnected: place.open,
    });
  }

  #closeIfIdle(): void {
    const used = this.#peers + this.#arriving > 0 || this.#source !== undefined || this.#feed !== undefined;
    if (used || this.#closed) return;
    this.close("closing");
    this.deps.onIdle();
  }
}

interface Place {
  readonly worker: RoomHome["worker"];
  readonly router: RoomHome["router"];
  readonly producers: readonly Producer[];
  readonly open: () => void;
  readonly leave: () => void;
}
