import type { FastifyInstance } from "fastify";
import { withDeadline } from "../platform/lifecycle.ts";
import type { Logger } from "../platform/logger.ts";

export interface HealthReport {
  readonly ready: boolean;
  readonly checks: Readonly<Record<string, "ok" | "failed">>;
}

/** Returns when all is well, throws when it is not. */
export type HealthCheck = () => void | Promise<void>;

/**
 * Whether streams can be published and played: named checks, each with a time-out, asked at most
 * twice a second however often `/readyz` is. Why a check failed is for the log, not for the public.
 */
export class Health {
  readonly #checks = new Map<string, HealthCheck>();
  readonly #failing = new Set<string>();
  readonly #logger: Logger;
  readonly #timeoutMs: number;
  readonly #reuseMs: number;
  #last: { readonly atMs: number; readonly report: Promise<HealthReport> } | undefined;

  constructor(options: { logger: Logger; timeoutMs?: number; reuseMs?: number }) {
    this.#logger = options.logger.child({ area: "health" });
    this.#timeoutMs = options.timeoutMs ?? 2_000;
    this.#reuseMs = options.reuseMs ?? 500;
  }

  /** Names are public: `database`, `ffmpeg`, `rtmp`. */
  add(name: string, check: HealthCheck): void {
    this.#checks.set(name, check);
    this.#last = undefined;
  }

  report(): Promise<HealthReport> {
    const nowMs = performance.now();
    if (this.#last === undefined || nowMs - this.#last.atMs > this.#reuseMs) {
      this.#last = { atMs: nowMs, report: this.#ask() };
    }
    return this.#last.report;
  }

  async #ask(): Promise<HealthReport> {
    const results = await Promise.all(
      [...this.#checks].map(async ([name, check]) => [name, await this.#run(name, check)] as const),
    );
    return { ready: results.every(([, state]) => state === "ok"), checks: Object.fromEntries(results) };
  }

  async #run(name: string, check: HealthCheck): Promise<"ok" | "failed"> {
    try {
      await withDeadline(`health check ${name}`, this.#timeoutMs, (async () => check())());
      if (this.#failing.delete(name)) this.#logger.info({ check: name }, "works again");
      return "ok";
    } catch (error) {
      if (!this.#failing.has(name)) this.#logger.warn({ check: name, err: error }, "not ready");
      this.#failing.add(name);
      return "failed";
    }
  }
}

/** `/healthz`: the process answers. `/readyz`: streams can be published and played. */
export function mountHealth(app: FastifyInstance, health: Health): void {
  app.get("/healthz", async (_request, reply) => {
    return reply.header("cache-control", "no-store").send({ status: "ok" });
  });
  app.get("/readyz", async (_request, reply) => {
    const { ready, checks } = await health.report();
    return reply
      .code(ready ? 200 : 503)
      .header("cache-control", "no-store")
      .send({ status: ready ? "ready" : "not_ready", checks });
  });
}
