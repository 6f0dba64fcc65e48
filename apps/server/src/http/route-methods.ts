import type { FastifyInstance } from "fastify";

/**
 * Remembers which methods each route has, so that a known path with a wrong method is answered
 * 405 with `Allow` (RFC 9110 §15.5.6) where fastify alone would say 404.
 */
export class RouteMethods {
  readonly #routes = new Map<string, { readonly pattern: RegExp; readonly methods: Set<string> }>();

  constructor(app: FastifyInstance) {
    app.addHook("onRoute", ({ url, method }) => {
      const route = this.#routes.get(url) ?? { pattern: patternOf(url), methods: new Set() };
      for (const name of [method].flat()) route.methods.add(name);
      this.#routes.set(url, route);
    });
  }

  /** Methods that the path would take; empty when there is no such path. */
  allowed(path: string): string[] {
    const methods = new Set<string>();
    for (const route of this.#routes.values()) {
      if (route.pattern.test(path)) for (const method of route.methods) methods.add(method);
    }
    return [...methods].sort();
  }
}

/** `/users/:id` and `/files/*`, as find-my-way reads them (its inline expressions are not used here). */
function patternOf(url: string): RegExp {
  const source = url
    .split("/")
    .map((part) => {
      if (part === "*") return ".*";
      if (part.startsWith(":")) return "[^/]+";
      return part.replace(/[.*+?^${}()|[\]\\]/g, "\\$&");
    })
    .join("/");
  return new RegExp(`^${source}$`);
}
