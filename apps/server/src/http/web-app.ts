import { access } from "node:fs/promises";
import { join } from "node:path";
import fastifyStatic from "@fastify/static";
import type { FastifyInstance, FastifyRequest } from "fastify";
import { pathOf } from "./http-metrics.ts";

/** Below these nothing is a page: an unknown path there is a problem, not the web app. */
const MACHINE_PREFIXES = [
  "/api",
  "/trpc",
  "/media",
  "/avatars",
  "/thumbnails",
  "/whip",
  "/whep",
  "/assets",
  "/healthz",
  "/readyz",
  "/metrics",
];

/** What no page has in its path: hidden dots, slashes and NULs, as attempts to climb out carry them. */
const NOT_OF_A_PAGE = /%(?:2e|2f|5c|00)|\\|\/\.\.?(?:\/|$)/i;

/**
 * The built web app. Each of its files is a route of its own, read from the list at start, so that
 * no path from outside ever reaches the file system. Pages fall back to `index.html` in `serveApp`.
 */
export class WebApp {
  readonly #present: boolean;

  private constructor(present: boolean) {
    this.#present = present;
  }

  static async mount(app: FastifyInstance, webRoot: string): Promise<WebApp> {
    try {
      await access(join(webRoot, "index.html"));
    } catch {
      return new WebApp(false);
    }
    await app.register(fastifyStatic, {
      root: webRoot,
      wildcard: false,
      preCompressed: true,
      globIgnore: ["**/*.{map,gz,br}"],
      cacheControl: false,
      setHeaders: (reply, path) => {
        reply.header("cache-control", cacheRule(path.slice(webRoot.length).replace(/\.(br|gz)$/, "")));
      },
    });
    return new WebApp(true);
  }

  get present(): boolean {
    return this.#present;
  }

  /** True for a GET or HEAD that a browser's address bar could have made. */
  isPage(request: FastifyRequest): boolean {
    if (request.method !== "GET" && request.method !== "HEAD") return false;
    const path = pathOf(request.raw.url);
    if (isMachinePath(path) || NOT_OF_A_PAGE.test(path)) return false;
    if ((path.split("/").at(-1) ?? "").includes(".")) return false;
    const accept = request.headers.accept ?? "*/*";
    return accept.includes("text/html") || accept.includes("*/*");
  }
}

export function isMachinePath(path: string): boolean {
  return MACHINE_PREFIXES.some((prefix) => path === prefix || path.startsWith(`${prefix}/`));
}

/** vite puts a content hash into the name of everything in `assets`. */
function cacheRule(path: string): string {
  if (/^[\\/]?assets[\\/]/.test(path)) return "public, max-age=31536000, immutable";
  return path.endsWith(".html") ? "no-cache" : "public, max-age=3600";
}
