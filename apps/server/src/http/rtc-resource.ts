import { createHash, randomBytes, timingSafeEqual } from "node:crypto";
import type { IncomingHttpHeaders } from "node:http";
import { parseFragment } from "@footlight/protocols/sdp/fragment.ts";
import type { IceCredentials } from "@footlight/protocols/sdp/offer-types.ts";
import type { ErrorCode, IceServer } from "@footlight/shared";
import type { FastifyInstance, FastifyReply, FastifyRequest } from "fastify";
import { networkOf } from "../platform/network.ts";
import { bearerToken } from "./bearer.ts";
import { sendProblem } from "./error-answers.ts";
import { problem, problemOf } from "./problem.ts";

/** One client's ICE and DTLS session, as its URL stands for it. */
export interface ResourceSession {
  readonly answer: string;
  readonly iceTag: string;
  /** Aborted when it is over, however it came. */
  readonly closed: AbortSignal;
  restartIce(fragment: string): Promise<string>;
  close(): void;
}

export interface OpeningRequest {
  readonly offer: string;
  /** The bearer token, where the resource wants one. */
  readonly bearer: string;
  readonly address: string;
  readonly userAgent: string | undefined;
  readonly headers: IncomingHttpHeaders;
  readonly params: Readonly<Record<string, string>>;
}

export interface RtcResourceOptions {
  /** Where offers are posted, a fastify path; a session's is one step below. */
  readonly path: string;
  /** Whether every call but OPTIONS must bear a token: on a session the one that it was opened with. */
  readonly bearer: boolean;
  /** Errors that carry a code of ours become its status, with `retryAfterS` as Retry-After. */
  open(request: OpeningRequest): Promise<ResourceSession>;
  /** STUN and TURN servers for clients behind NAT. */
  readonly iceServers?: { list(): readonly IceServer[] };
  /** Of each address's offers: the seconds to wait, where there have been too many. */
  readonly limit?: { take(address: string): number | undefined };
  readonly maxSessions?: number;
}

interface Entry {
  readonly session: ResourceSession;
  readonly bearer: Buffer;
  /** The client's ICE session; other credentials in a PATCH ask for a restart. */
  remote: IceCredentials | undefined;
}

const SDP = "application/sdp";
const FRAGMENT = "application/trickle-ice-sdpfrag";
const BODY_BYTES = 64 * 1024;
const MAX_SESSIONS = 10_000;
const RETRY_S = 5;

class ResourceError extends Error {
  constructor(
    readonly code: ErrorCode,
    message: string,
    readonly retryAfterS?: number,
  ) {
    super(message);
  }
}

/**
 * What WHIP (RFC 9725) and WHEP (draft-ietf-wish-whep) share: POST of an offer makes a session, PATCH
 * trickles or restarts ICE, DELETE ends it. Pages of any origin may call.
 */
export async function registerRtcResource(app: FastifyInstance, options: RtcResourceOptions): Promise<void> {
  await app.register(async (scope) => new RtcResource(options).mount(scope));
}

class RtcResource {
  readonly #sessions = new Map<string, Entry>();
  #opening = 0;

  constructor(private readonly options: RtcResourceOptions) {}

  mount(app: FastifyInstance): void {
    const endpoint = this.options.path;
    const session = `${endpoint}/:session`;
    // Any type is read, so that what is wrong with a request is told in one order, whatever its type.
    app.removeAllContentTypeParsers();
    app.addContentTypeParser("*", { parseAs: "string", bodyLimit: BODY_BYTES }, (_request, body, done) =>
      done(null, body),
    );
    app.addHook("onRequest", async (request, reply) => {
      reply.headers({
        "cache-control": "no-store",
        "access-control-allow-origin": "*",
        "access-control-expose-headers": "Location, ETag, Link, Accept-Patch, Accept-Post, Retry-After",
      });
      if (request.method !== "OPTIONS" && this.options.bearer && bearerToken(request) === undefined) {
        return sendProblem(reply.header("www-authenticate", "Bearer"), problem("unauthenticated"));
      }
      // Before the body is read; how many sessions an address may have is another bound.
      const isOffer = request.method === "POST" && request.routeOptions.url === endpoint;
      const waitS = isOffer ? this.options.limit?.take(networkOf(request.ip)) : undefined;
      if (waitS !== undefined) throw new ResourceError("rate_limited", "Too many offers.", waitS);
    });
    app.addHook("onError", async (_request, reply, error) => {
      const { status } = problemOf(error);
      const wait = "retryAfterS" in error ? error.retryAfterS : undefined;
      if (wait !== undefined || status === 503) reply.header("retry-after", String(wait ?? RETRY_S));
    });

    app.post(endpoint, { bodyLimit: BODY_BYTES }, (request, reply) => this.#open(request, reply));
    app.patch(session, { bodyLimit: BODY_BYTES }, (request, reply) => this.#patch(request, reply));
    app.delete(session, (request, reply) => this.#delete(request, reply));
    this.#others(app, endpoint, ["POST", "OPTIONS"], { "accept-post": SDP });
    this.#others(app, session, ["PATCH", "DELETE", "OPTIONS"], { "accept-patch": FRAGMENT });
  }

  /** OPTIONS, and 405 for the verbs that are not used, or not yet (RFC 9725 §4). */
  #others(app: FastifyInstance, path: string, allowed: string[], accepts: Record<string, string>): void {
    const allow = allowed.join(", ");
    app.options(path, async (_request, reply) =>
      reply
        .headers({
          ...accepts,
          // A preflight shows no token: passwords are for who does.
          ...this.#links({ open: this.options.bearer }),
          allow,
          "access-control-allow-methods": allow,
          "access-control-allow-headers": "Authorization, Content-Type, If-Match",
          "access-control-max-age": "86400",
        })
        .code(200)
        .send(),
    );
    const refused = ["GET", "HEAD", "PUT", "POST", "PATCH", "DELETE"].filter(
      (verb) => !allowed.includes(verb),
    );
    app.route({
      method: refused,
      url: path,
      exposeHeadRoute: false,
      handler: async (_request, reply) =>
        sendProblem(reply.header("allow", allow), problem("method_not_allowed")),
    });
  }

  async #open(request: FastifyRequest, reply: FastifyReply): Promise<FastifyReply> {
    const offer = bodyOf(request, SDP);
    const { maxSessions = MAX_SESSIONS } = this.options;
    if (this.#sessions.size + this.#opening >= maxSessions) {
      throw new ResourceError("rtc_full", "Too many sessions.", RETRY_S);
    }
    const remote = iceOf(offer);
    const bearer = bearerToken(request) ?? "";
    this.#opening += 1;
    try {
      const session = await this.options.open({
        offer,
        bearer,
        address: request.ip,
        userAgent: request.headers["user-agent"],
        headers: request.headers,
        params: request.params as Record<string, string>,
      });
      // Its client went away meanwhile, and does not know the session's URL.
      if (reply.raw.destroyed) session.close();
      const id = this.#keep({ session, bearer: digest(bearer), remote });
      return await reply
        .code(201)
        .headers({
          "content-type": SDP,
          location: `${request.url.replace(/\/?(\?.*)?$/, "")}/${id}`,
          etag: tagOf(session),
          "accept-patch": FRAGMENT,
          ...this.#links(),
        })
        .send(session.answer);
    } finally {
      this.#opening -= 1;
    }
  }

  #keep(entry: Entry): string {
    if (entry.session.closed.aborted) throw new ResourceError("unavailable", "It ended at once.", 1);
    const id = randomBytes(24).toString("base64url");
    this.#sessions.set(id, entry);
    entry.session.closed.addEventListener("abort", () => this.#sessions.delete(id), { once: true });
    return id;
  }

  async #patch(request: FastifyRequest, reply: FastifyReply): Promise<FastifyReply> {
    const entry = this.#entry(request);
    const fragment = bodyOf(request, FRAGMENT);
    const condition = request.headers["if-match"];
    if (condition === undefined) throw new ResourceError("precondition_required", "If-Match is missing.");
    if (!matches(condition, tagOf(entry.session))) {
      throw new ResourceError("precondition_failed", "ICE has been restarted since.");
    }
    const { ice } = parseFragment(fragment);
    // Candidates are of no use to an ICE-lite peer; they are only taken note of.
    if (ice === undefined || isSame(ice, entry.remote)) return await reply.code(204).send();
    const before = entry.remote;
    entry.remote = ice;
    try {
      const answer = await entry.session.restartIce(fragment);
      return await reply
        .headers({ "content-type": FRAGMENT, etag: tagOf(entry.session), ...this.#links() })
        .send(answer);
    } catch (error) {
      entry.remote = before;
      throw entry.session.closed.aborted ? gone() : error;
    }
  }

  async #delete(request: FastifyRequest, reply: FastifyReply): Promise<FastifyReply> {
    this.#entry(request).session.close();
    return await reply.code(200).send();
  }

  /** The session of a URL. Of an ended one as of one that never was: 404. */
  #entry(request: FastifyRequest): Entry {
    const { session: id = "" } = request.params as { readonly session?: string };
    const entry = this.#sessions.get(id);
    if (entry === undefined || entry.session.closed.aborted) throw gone();
    if (!timingSafeEqual(entry.bearer, digest(bearerToken(request) ?? "")) && this.options.bearer) {
      throw new ResourceError("forbidden", "Another token opened this session.");
    }
    return entry;
  }

  /** One line a server (RFC 9725 §4.6). `open`: only of those that take everybody. */
  #links({ open = false } = {}): { link?: string[] } {
    const servers = this.options.iceServers?.list() ?? [];
    const links = servers.filter(({ credential }) => !open || credential === undefined).flatMap(linksOf);
    return links.length === 0 ? {} : { link: links };
  }
}

const gone = () => new ResourceError("not_found", "There is no such session, or not any more.");

const quoted = (text: string): string => `"${text.replaceAll(/["\\]/g, "\\$&")}"`;

function linksOf({ urls, username, credential }: IceServer): string[] {
  const secret =
    username === undefined || credential === undefined
      ? ""
      : `; username=${quoted(username)}; credential=${quoted(credential)}; credential-type="password"`;
  return urls.map((url) => `<${url}>; rel="ice-server"${secret}`);
}

const digest = (text: string): Buffer => createHash("sha256").update(text).digest();

/** Strong: an ICE session is the same or another one. */
const tagOf = (session: ResourceSession): string => `"${session.iceTag}"`;

/** RFC 9110 §13.1.1; some clients put the star in quotes as well. */
function matches(condition: string, tag: string): boolean {
  return condition.split(",").some((part) => ["*", '"*"', tag].includes(part.trim()));
}

function bodyOf(request: FastifyRequest, type: string): string {
  const given = (request.headers["content-type"] ?? "").split(";")[0]?.trim().toLowerCase();
  if (given !== type) throw new ResourceError("unsupported_media_type", `The body must be ${type}.`);
  return typeof request.body === "string" ? request.body : "";
}

/** Whether the offer is sound is not told here, but by who opens the session. */
function iceOf(offer: string): IceCredentials | undefined {
  try {
    return parseFragment(offer).ice;
  } catch {
    return undefined;
  }
}

function isSame(a: IceCredentials, b: IceCredentials | undefined): boolean {
  return a.ufrag === b?.ufrag && a.password === b.password;
}
