import type { IncomingMessage, ServerResponse } from "node:http";
import { AUDIO_RENDITION, type StreamId } from "@footlight/shared";
import type { Logger } from "../platform/logger.ts";
import { HeldRequests, type HeldRequestsOptions, type Outcome } from "./held-requests.ts";
import { answerLiveSegment, isComing, isOpen } from "./live-segment.ts";
import {
  answerBytes,
  answerPlaylist,
  answerPreflight,
  answerProblem,
  CACHE_IMMUTABLE,
} from "./media-answer.ts";
import {
  type Directives,
  MEDIA_PREFIX,
  type MediaResource,
  NO_DIRECTIVES,
  parseDirectives,
  parseMediaPath,
} from "./media-path.ts";
import { answerPicture, isPicture, type PictureSource } from "./picture-answers.ts";
import type { PlaylistBody } from "./playlist-body.ts";
import { keepPrivate } from "./private-answer.ts";
import type { RenditionView } from "./rendition-view.ts";
import { isGone } from "./response-state.ts";
import type { FoundMedia, MediaBytes } from "./stream-media.ts";
import type { StreamPackager } from "./stream-packager.ts";

export interface OriginOptions extends HeldRequestsOptions, PictureSource {
  readonly packagers: {
    find(streamId: StreamId): StreamPackager | undefined | Promise<StreamPackager | undefined>;
  };
  readonly logger: Logger;
  /** Who may see a stream that is not for everybody; undefined for one that is. */
  readonly access?: (streamId: StreamId, req: IncomingMessage) => Promise<boolean> | undefined;
}

const typeOf = (rendition: string): string =>
  rendition === AUDIO_RENDITION.name ? "audio/mp4" : "video/mp4";

/** How long the first requests of a stream are held until there is something to play. */
const FIRST_HOLD_MS = 4_000;
/** A sleeping rendition begins at the next grid point and lists its first segment at the one after it. */
const WAKE_TARGETS = 2;
/** What its encoder takes to start. */
const WAKE_START_S = 1;
/** A player may ask for what comes two after the last whole segment, no further (RFC 8216bis §6.2.5.2). */
const MAX_AHEAD = 2;
/** What is waited for longer than so many target durations does not come (§6.2.5.2). */
const MAX_HOLD_TARGETS = 3;

/**
 * Serves `/media/…` of every stream, in front of the web framework: from memory it costs little
 * more than node's own `http`. Works on HTTP/1.1 and on the compatible API of HTTP/2.
 */
export class MediaOrigin {
  readonly #options: OriginOptions;
  readonly #held: HeldRequests;

  constructor(options: OriginOptions) {
    this.#options = options;
    this.#held = new HeldRequests(options);
  }

  /** False when the URL is not of the origin; else the request is answered, now or later. */
  handle(req: IncomingMessage, res: ServerResponse): boolean {
    const url = req.url ?? "";
    if (!url.startsWith(MEDIA_PREFIX)) return false;
    const answered = this.#answer(req, res, url);
    if (answered !== undefined) answered.catch((error: unknown) => this.#failed(req, res, error));
    return true;
  }

  /** Requests that wait, by address. */
  get blockedAddresses(): number {
    return this.#held.addresses;
  }

  #answer(req: IncomingMessage, res: ServerResponse, url: string): Promise<void> | undefined {
    const { method } = req;
    if (method === "OPTIONS") {
      answerPreflight(res);
      return undefined;
    }
    if (method !== "GET" && method !== "HEAD") {
      answerProblem(req, res, "method_not_allowed", { headers: { allow: "GET, HEAD, OPTIONS" } });
      return undefined;
    }
    const question = url.indexOf("?");
    const path = parseMediaPath(question < 0 ? url : url.slice(0, question));
    if (path === undefined) {
      answerProblem(req, res, "not_found");
      return undefined;
    }
    const query = question < 0 ? "" : url.slice(question + 1);
    const packager = this.#options.packagers.find(path.streamId);
    const access = this.#options.access?.(path.streamId, req);
    if (access === undefined && !(packager instanceof Promise)) {
      return this.#serve(req, res, packager, path.resource, path.streamId, query);
    }
    return this.#serveLater(req, res, packager, access, path.resource, path.streamId, query);
  }

  async #serveLater(
    req: IncomingMessage,
    res: ServerResponse,
    found: StreamPackager | undefined | Promise<StreamPackager | undefined>,
    access: Promise<boolean> | undefined,
    resource: MediaResource,
    streamId: StreamId,
    query: string,
  ): Promise<void> {
    const packager = await found;
    const allowed = (await access) ?? true;
    if (isGone(res)) return;
    if (!allowed) {
      // What they would be told if it did not exist.
      answerProblem(req, res, isPicture(resource) ? "not_found" : "stream_not_found");
      return;
    }
    if (access !== undefined) keepPrivate(res);
    await this.#serve(req, res, packager, resource, streamId, query);
  }

  #serve(
    req: IncomingMessage,
    res: ServerResponse,
    packager: StreamPackager | undefined,
    resource: MediaResource,
    streamId: StreamId,
    query: string,
  ): Promise<void> | undefined {
    if (isPicture(resource)) {
      return answerPicture(req, res, this.#options, streamId, resource);
    }
    if (packager === undefined) {
      answerProblem(req, res, "stream_not_found");
      return undefined;
    }
    if ("rendition" in resource) packager.onDemand.note(resource.rendition);
    switch (resource.kind) {
      case "master":
        return this.#serveIndex(req, res, packager, () => packager.master(resource));
      case "manifest":
        return this.#serveIndex(req, res, packager, () => packager.manifest(), "application/dash+xml");
      case "playlist":
        return this.#servePlaylist(req, res, packager, resource, parseDirectives(query));
      case "part":
        return this.#servePart(req, res, packager, resource);
      case "segment":
        return this.#serveSegment(req, res, packager, resource);
      case "init": {
        const { rendition, run } = resource;
        const media = packager.media.init(rendition, run);
        return this.#serveMedia(req, res, media, rendition, (length) => `"i${run}-${length.toString(36)}"`);
      }
    }
  }

  /** One that is being made is given out as it is made, the next one is waited for. */
  #serveSegment(
    req: IncomingMessage,
    res: ServerResponse,
    packager: StreamPackager,
    resource: Extract<MediaResource, { kind: "segment" }>,
  ): Promise<void> | undefined {
    const { rendition, seq } = resource;
    if (isComing(packager, rendition, seq)) {
      return this.#serveComing(req, res, packager, resource, packager.log.last?.run);
    }
    if (isOpen(packager, rendition, seq)) {
      return answerLiveSegment(req, res, packager, { rendition, seq, type: typeOf(rendition) });
    }
    const media = packager.media.segment(rendition, seq);
    // Numbers are never given to other bytes, so the number and the length name them.
    return this.#serveMedia(req, res, media, rendition, (length) => `"${seq}-${length.toString(36)}"`);
  }

  async #serveComing(
    req: IncomingMessage,
    res: ServerResponse,
    packager: StreamPackager,
    resource: Extract<MediaResource, { kind: "segment" }>,
    run: number | undefined,
  ): Promise<void> {
    const { rendition, seq } = resource;
    const outcome = await this.#held.until(req, res, packager, this.#maxHoldMs(packager), {
      met: () => !isComing(packager, rendition, seq) || packager.ended,
      wait: (ms) => packager.view(rendition)?.waitFor(seq, 0, ms) ?? packager.whenReady(ms),
    });
    if (outcome === "answered") return;
    // A player counts within a run: the first segment of another one is not what it has asked for.
    if (outcome === "late" || packager.log.get(seq)?.run !== run) answerProblem(req, res, "not_found");
    else await this.#serveSegment(req, res, packager, resource);
  }

  #serveMedia(
    req: IncomingMessage,
    res: ServerResponse,
    media: FoundMedia,
    rendition: string,
    etagOf: (byteLength: number) => string,
  ): Promise<void> | undefined {
    const answer = (found: MediaBytes | Uint8Array | undefined): void => {
      if (isGone(res)) return;
      if (found === undefined) {
        answerProblem(req, res, "not_found");
        return;
      }
      answerBytes(req, res, {
        chunks: found instanceof Uint8Array ? [found] : found.chunks,
        byteLength: found.byteLength,
        type: typeOf(rendition),
        etag: etagOf(found.byteLength),
        cacheControl: CACHE_IMMUTABLE,
      });
    };
    if (media instanceof Promise) return media.then(answer);
    answer(media);
    return undefined;
  }

  /** A part that is hinted is held until it is whole, what is neither here nor hinted is not (§6.2.6). */
  #servePart(
    req: IncomingMessage,
    res: ServerResponse,
    packager: StreamPackager,
    { rendition, seq, part }: Extract<MediaResource, { kind: "part" }>,
  ): Promise<void> | undefined {
    const etagOf = (length: number): string => `"${seq}.${part}-${length.toString(36)}"`;
    const found = packager.media.part(rendition, seq, part);
    if (found !== "hinted") return this.#serveMedia(req, res, found, rendition, etagOf);
    return this.#serveHinted(req, res, packager, { rendition, seq, part });
  }

  async #serveHinted(
    req: IncomingMessage,
    res: ServerResponse,
    packager: StreamPackager,
    { rendition, seq, part }: { readonly rendition: string; readonly seq: number; readonly part: number },
  ): Promise<void> {
    const view = packager.view(rendition);
    if (view === undefined) return;
    const outcome = await this.#held.until(req, res, packager, this.#maxHoldMs(packager), {
      met: () => packager.media.part(rendition, seq, part) !== "hinted",
      wait: (ms) => view.waitFor(seq, part, ms),
    });
    if (outcome === "answered") return;
    const found = packager.media.part(rendition, seq, part);
    if (found === "hinted") this.#late(req, res, "the part did not come");
    else {
      const etagOf = (length: number): string => `"${seq}.${part}-${length.toString(36)}"`;
      await this.#serveMedia(req, res, found, rendition, etagOf);
    }
  }

  /** A multivariant playlist or a manifest; the first who ask are held until there is something to play. */
  async #serveIndex(
    req: IncomingMessage,
    res: ServerResponse,
    packager: StreamPackager,
    written: () => PlaylistBody | undefined,
    type?: string,
  ): Promise<void> {
    let body = written();
    if (body === undefined && !packager.ended) {
      if ((await this.#whenReady(req, res, packager)) === "answered") return;
      body = written();
    }
    if (body === undefined) this.#notYet(req, res, packager);
    else await answerPlaylist(req, res, body, this.#cacheControl(packager), type);
  }

  async #servePlaylist(
    req: IncomingMessage,
    res: ServerResponse,
    packager: StreamPackager,
    { rendition, parts }: Extract<MediaResource, { kind: "playlist" }>,
    directives: Directives,
  ): Promise<void> {
    let view = packager.view(rendition);
    if (view === undefined && packager.master({ parts }) === undefined && !packager.ended) {
      if ((await this.#whenReady(req, res, packager)) === "answered") return;
      view = packager.view(rendition);
    }
    if (view === undefined) {
      answerProblem(req, res, "not_found");
      return;
    }
    // After ENDLIST directives mean nothing any more (§6.2.5).
    const { until, skip, fault } = packager.ended ? NO_DIRECTIVES : directives;
    if (fault !== undefined) {
      answerProblem(req, res, "invalid_request", { detail: fault });
      return;
    }
    const form = { parts, delta: skip };
    const begun = await this.#held.until(req, res, packager, FIRST_HOLD_MS, {
      met: () => view.body(form) !== undefined || packager.ended,
      wait: (ms) => view.whenBegun(ms),
    });
    if (begun === "answered") return;
    if ((await this.#awoken(req, res, packager, view, parts)) === "answered") return;
    if (until !== undefined) {
      // Without parts in the list only whole segments can be asked for.
      const part = parts && packager.partTargetS !== undefined ? until.part : undefined;
      if (!(await this.#block(req, res, packager, view, { msn: until.msn, part }))) return;
    }
    const body = view.body(form);
    if (body === undefined) this.#notYet(req, res, packager);
    else await answerPlaylist(req, res, body, this.#cacheControl(packager, until !== undefined));
  }

  /** Blocking reload (§6.2.5.2). False when the request has been answered (or has gone away). */
  async #block(
    req: IncomingMessage,
    res: ServerResponse,
    packager: StreamPackager,
    view: RenditionView,
    { msn, part }: { readonly msn: number; readonly part: number | undefined },
  ): Promise<boolean> {
    if (packager.ended || view.has(msn, part)) return true;
    const last = view.lastSeq ?? (view.edgeSeq ?? 0) - 1;
    if (msn > last + MAX_AHEAD) {
      answerProblem(req, res, "invalid_request", { detail: "_HLS_msn is too far ahead" });
      return false;
    }
    const outcome = await this.#held.until(req, res, packager, this.#maxHoldMs(packager), {
      // At the stream's end there is no such segment, and the list says so.
      met: () => view.has(msn, part) || packager.ended,
      wait: (ms) => view.waitFor(msn, part, ms),
    });
    if (outcome === "late") this.#late(req, res, "the segment did not come");
    return outcome === "met";
  }

  #whenReady(req: IncomingMessage, res: ServerResponse, packager: StreamPackager): Promise<Outcome> {
    return this.#held.until(req, res, packager, FIRST_HOLD_MS, {
      met: () => packager.master({ parts: false }) !== undefined || packager.ended,
      wait: (ms) => packager.whenReady(ms),
    });
  }

  /** One that sleeps is woken by being asked for; when it takes too long, the list is given as it is. */
  #awoken(
    req: IncomingMessage,
    res: ServerResponse,
    packager: StreamPackager,
    view: RenditionView,
    parts: boolean,
  ): Promise<Outcome> {
    const maxMs = (WAKE_TARGETS * packager.targetDurationS + WAKE_START_S) * 1000;
    return this.#held.until(req, res, packager, maxMs, {
      met: () =>
        packager.ended || !packager.onDemand.awaits(view, parts && packager.partTargetS !== undefined),
      wait: (ms) => view.whenChanged(ms),
    });
  }

  #maxHoldMs(packager: StreamPackager): number {
    return MAX_HOLD_TARGETS * packager.targetDurationS * 1000;
  }

  #late(req: IncomingMessage, res: ServerResponse, detail: string): void {
    answerProblem(req, res, "unavailable", { detail, headers: { "retry-after": "1" } });
  }

  #notYet(req: IncomingMessage, res: ServerResponse, packager: StreamPackager): void {
    if (packager.ended) answerProblem(req, res, "stream_not_found");
    else
      answerProblem(req, res, "unavailable", {
        detail: "nothing to play yet",
        headers: { "retry-after": "1" },
      });
  }

  /** A live playlist is good for half a target duration; what was asked for by number stays true. */
  #cacheControl(packager: StreamPackager, blocked = false): string {
    if (packager.ended) return "public, max-age=10";
    if (blocked) return `public, max-age=${MAX_HOLD_TARGETS * packager.targetDurationS}`;
    return `public, max-age=${Math.floor(packager.targetDurationS / 2)}`;
  }

  #failed(req: IncomingMessage, res: ServerResponse, error: unknown): void {
    this.#options.logger.error({ err: error, url: req.url }, "media request failed");
    if (res.headersSent || res.destroyed) res.destroy();
    else answerProblem(req, res, "internal_error");
  }
}
