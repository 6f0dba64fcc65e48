import { pino } from "pino";
import { describe, expect, it, vi } from "vitest";
import { Health } from "./health.ts";

const logger = pino({ level: "silent" });

describe("Health", () => {
  it("is ready when every check is", async () => {
    const health = new Health({ logger });
    health.add("database", async () => {});
    health.add("ffmpeg", () => {});
    expect(await health.report()).toEqual({ ready: true, checks: { database: "ok", ffmpeg: "ok" } });
  });

  it("names what failed, threw or hung, and tells nothing else", async () => {
    const health = new Health({ logger, timeoutMs: 10 });
    health.add("throws", () => {
      throw new Error("password wrong for postgres://u:p@h");
    });
    health.add("hangs", () => new Promise(() => {}));
    health.add("works", () => {});
    expect(await health.report()).toEqual({
      ready: false,
      checks: { throws: "failed", hangs: "failed", works: "ok" },
    });
  });

  it("asks seldom, however often it is asked", async () => {
    const check = vi.fn();
    const health = new Health({ logger, reuseMs: 10_000 });
    health.add("check", check);
    await Promise.all([health.report(), health.report(), health.report()]);
    expect(check).toHaveBeenCalledOnce();
  });
});
