import type { IncomingMessage, ServerResponse } from "node:http";
import { AUDIO_RENDITION, type StreamId } from "@footlight/shared";
import type { Logger } from "../platform/logger.ts";
import type { SegmentBytes } from "./cutter.ts";
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
  parseDirectives,
  parseMediaPath,
} from "./media-path.ts";
import type { RenditionView } from "./rendition-view.ts";
import type { StreamPackager } from "./stream-packager.ts";
import type { Waiting } from "./waiters.ts";

export interface OriginOptions {
  readonly packagers: {
    find(streamId: StreamId): StreamPackager | undefined | Promise<StreamPackager | undefined>;
  };
  /** JPEG bytes; undefined until there is a picture. */
  readonly thumbnail: (streamId: StreamId) => Uint8Array | undefined | Promise<Uint8Array | undefined>;
  readonly logger: Logger;
  /** The client's address behind trusted proxies; the socket's own by default. */
  readonly addressOf?: (req: IncomingMessage) => string;
  /** Who may see a stream; everybody by default. */
  readonly access?: (streamId: StreamId, req: IncomingMessage) => boolean | Promise<boolean>;
  readonly maxBlockedPerAddress?: number;
  readonly maxBlockedPerStream?: number;
}

/** How long the first requests of a stream are held until there is something to play. */
const FIRST_HOLD_MS = 4_000;
const MAX_BLOCKED_PER_ADDRESS = 6_000;
const MAX_BLOCKED_PER_STREAM = 50_000;
/** A player may ask for the next segment and the one after it (RFC 8216bis §6.2.5.2). */
const MAX_AHEAD = 2;

/**
 * Serves `/media/…` of every stream, in front of the web framework: from memory it costs little
 * more than node's own `http`. Works on HTTP/1.1 and on the compatible API of HTTP/2.
 */
export class MediaOrigin {
  readonly #options: OriginOptions;
  readonly #blocked = new Map<string, number>();

  constructor(options: OriginOptions) {
    this.#options = options;
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
    return this.#blocked.size;
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
    if (this.#options.access === undefined && !(packager instanceof Promise)) {
      return this.#serve(req, res, packager, path.resource, path.streamId, query);
    }
    return this.#serveLater(req, res, packager, path.resource, path.streamId, query);
  }

  async #serveLater(
    req: IncomingMessage,
    res: ServerResponse,
    found: StreamPackager | undefined | Promise<StreamPackager | undefined>,
    resource: MediaResource,
    streamId: StreamId,
    query: string,
  ): Promise<void> {
    const packager = await found;
    const allowed = (await this.#options.access?.(streamId, req)) ?? true;
    if (res.destroyed) return;
    if (!allowed) answerProblem(req, res, "forbidden");
    else await this.#serve(req, res, packager, resource, streamId, query);
  }

  #serve(
    req: IncomingMessage,
    res: ServerResponse,
    packager: StreamPackager | undefined,
    resource: MediaResource,
    streamId: StreamId,
    query: string,
  ): Promise<void> | undefined {
    if (resource.kind === "thumbnail") return this.#serveThumbnail(req, res, streamId);
    if (packager === undefined) {
      answerProblem(req, res, "stream_not_found");
      return undefined;
    }
    switch (resource.kind) {
      case "master":
        return this.#serveMaster(req, res, packager);
      case "playlist":
        return this.#servePlaylist(req, res, packager, resource.rendition, parseDirectives(query));
      case "segment": {
        const { rendition, seq } = resource;
        const media = packager.segment(rendition, seq);
        // Numbers are never given to other bytes, so the number and the length name them.
        return this.#serveMedia(req, res, media, rendition, (length) => `"${seq}-${length.toString(36)}"`);
      }
      case "init": {
        const { rendition, run } = resource;
        const media = packager.init(rendition, run);
        return this.#serveMedia(req, res, media, rendition, (length) => `"i${run}-${length.toString(36)}"`);
      }
    }
  }

  #serveMedia(
    req: IncomingMessage,
    res: ServerResponse,
    media: ReturnType<StreamPackager["segment"] | StreamPackager["init"]>,
    rendition: string,
    etagOf: (byteLength: number) => string,
  ): Promise<void> | undefined {
    const answer = (found: SegmentBytes | Uint8Array | undefined): void => {
      if (res.destroyed) return;
      if (found === undefined) {
        answerProblem(req, res, "not_found");
        return;
      }
      answerBytes(req, res, {
        chunks: found instanceof Uint8Array ? [found] : found.chunks,
        byteLength: found.byteLength,
        type: rendition === AUDIO_RENDITION.name ? "audio/mp4" : "video/mp4",
        etag: etagOf(found.byteLength),
        cacheControl: CACHE_IMMUTABLE,
      });
    };
    if (media instanceof Promise) return media.then(answer);
    answer(media);
    return undefined;
  }

  async #serveThumbnail(req: IncomingMessage, res: ServerResponse, streamId: StreamId): Promise<void> {
    const picture = await this.#options.thumbnail(streamId);
    if (res.destroyed) return;
    if (picture === undefined) {
      answerProblem(req, res, "not_found");
      return;
    }
    const sum = picture.reduce((hash, byte) => (Math.imul(hash, 31) + byte) >>> 0, 7);
    answerBytes(req, res, {
      chunks: [picture],
      byteLength: picture.byteLength,
      type: "image/jpeg",
      etag: `"t${picture.byteLength.toString(36)}-${sum.toString(36)}"`,
      cacheControl: "public, max-age=5",
    });
  }

  async #serveMaster(req: IncomingMessage, res: ServerResponse, packager: StreamPackager): Promise<void> {
    let body = packager.master();
    if (body === undefined && !packager.ended) {
      if (!(await this.#hold(req, res, packager, packager.whenReady(FIRST_HOLD_MS)))) return;
      body = packager.master();
    }
    if (body === undefined) this.#notYet(req, res, packager);
    else await answerPlaylist(req, res, body, this.#cacheControl(packager));
  }

  async #servePlaylist(
    req: IncomingMessage,
    res: ServerResponse,
    packager: StreamPackager,
    rendition: string,
    directives: Directives,
  ): Promise<void> {
    let view = packager.view(rendition);
    if (view === undefined && packager.master() === undefined && !packager.ended) {
      if (!(await this.#hold(req, res, packager, packager.whenReady(FIRST_HOLD_MS)))) return;
      view = packager.view(rendition);
    }
    if (view === undefined) {
      answerProblem(req, res, "not_found");
      return;
    }
    if (directives.kind === "invalid" && !packager.ended) {
      answerProblem(req, res, "invalid_request", { detail: directives.detail });
      return;
    }
    if (view.body() === undefined && !packager.ended) {
      if (!(await this.#hold(req, res, packager, view.waiters.wait(0, FIRST_HOLD_MS)))) return;
    }
    if (
      directives.kind === "block" &&
      !packager.ended &&
      !(await this.#block(req, res, packager, view, directives.msn))
    ) {
      return;
    }
    const body = view.body();
    if (body === undefined) this.#notYet(req, res, packager);
    else await answerPlaylist(req, res, body, this.#cacheControl(packager, directives));
  }

  /** Blocking reload (§6.2.5.2). False when the request has been answered (or has gone away). */
  async #block(
    req: IncomingMessage,
    res: ServerResponse,
    packager: StreamPackager,
    view: RenditionView,
    msn: number,
  ): Promise<boolean> {
    const last = view.lastSeq;
    if (last !== undefined && msn <= last) return true;
    if (last === undefined || msn > last + MAX_AHEAD) {
      answerProblem(req, res, "invalid_request", { detail: "_HLS_msn is too far ahead" });
      return false;
    }
    const waiting = view.waiters.wait(msn, 3 * packager.targetDurationS * 1000);
    if (!(await this.#hold(req, res, packager, waiting))) return false;
    // Woken by the stream's end, or by its time: there is no such segment.
    if (packager.ended || (view.lastSeq ?? -1) >= msn) return true;
    answerProblem(req, res, "unavailable", {
      detail: "the segment did not come",
      headers: { "retry-after": "1" },
    });
    return false;
  }

  /** Waits within the bounds of the stream and the address. False when the request is over. */
  async #hold(
    req: IncomingMessage,
    res: ServerResponse,
    packager: StreamPackager,
    waiting: Waiting,
  ): Promise<boolean> {
    const address = this.#options.addressOf?.(req) ?? req.socket?.remoteAddress ?? "";
    const held = this.#blocked.get(address) ?? 0;
    const perStream = this.#options.maxBlockedPerStream ?? MAX_BLOCKED_PER_STREAM;
    const refusal =
      held >= (this.#options.maxBlockedPerAddress ?? MAX_BLOCKED_PER_ADDRESS)
        ? "rate_limited"
        : packager.blocked > perStream
          ? "unavailable"
          : undefined;
    if (refusal !== undefined) {
      waiting.cancel();
      answerProblem(req, res, refusal, { headers: { "retry-after": "1" } });
      return false;
    }
    this.#blocked.set(address, held + 1);
    res.once("close", waiting.cancel);
    await waiting.reached;
    res.off("close", waiting.cancel);
    const left = (this.#blocked.get(address) ?? 1) - 1;
    if (left > 0) this.#blocked.set(address, left);
    else this.#blocked.delete(address);
    return !res.destroyed;
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
  #cacheControl(packager: StreamPackager, directives: Directives = { kind: "none" }): string {
    if (packager.ended) return "public, max-age=10";
    if (directives.kind === "block") return `public, max-age=${3 * packager.targetDurationS}`;
    return `public, max-age=${Math.floor(packager.targetDurationS / 2)}`;
  }

  #failed(req: IncomingMessage, res: ServerResponse, error: unknown): void {
    this.#options.logger.error({ err: error, url: req.url }, "media request failed");
    if (res.headersSent || res.destroyed) res.destroy();
    else answerProblem(req, res, "internal_error");
  }
}
