import { describe, expect, it, vi } from "vitest";
import { DeadlineError, DisposalStack, delay, retry, withDeadline } from "./lifecycle.ts";

function stackWithLog() {
  const error = vi.fn();
  return { stack: new DisposalStack({ error }), error };
}

describe("DisposalStack", () => {
  it("releases in reverse and awaits each", async () => {
    const { stack } = stackWithLog();
    const seen: string[] = [];
    stack.defer("first", () => void seen.push("first"));
    stack.use("second", {
      [Symbol.asyncDispose]: async () => {
        await delay(5);
        seen.push("second");
      },
    });
    stack.use("third", { [Symbol.dispose]: () => void seen.push("third") });
    await stack[Symbol.asyncDispose]();
    expect(seen).toEqual(["third", "second", "first"]);
  });

  it("goes on after a fault, and never throws", async () => {
    const { stack, error } = stackWithLog();
    const last = vi.fn();
    stack.defer("last", last);
    stack.defer("faulty", () => Promise.reject(new Error("no")));
    await stack[Symbol.asyncDispose]();
    expect(last).toHaveBeenCalledOnce();
    expect(error.mock.calls[0]?.[0]).toMatchObject({ resource: "faulty" });
  });

  it("releases once, whoever asks, and releases at once what comes late", async () => {
    const { stack } = stackWithLog();
    const once = vi.fn();
    const late = vi.fn();
    stack.defer("once", once);
    await Promise.all([stack[Symbol.asyncDispose](), stack[Symbol.asyncDispose]()]);
    stack.defer("late", late);
    await stack[Symbol.asyncDispose]();
    expect(once).toHaveBeenCalledOnce();
    expect(late).toHaveBeenCalledOnce();
  });
});

describe("withDeadline", () => {
  it("passes a result and a fault through", async () => {
    await expect(withDeadline("work", 100, Promise.resolve(7))).resolves.toBe(7);
    await expect(withDeadline("work", 100, Promise.reject(new Error("broken")))).rejects.toThrow("broken");
  });

  it("rejects when time is up", async () => {
    await expect(withDeadline("work", 5, new Promise(() => {}))).rejects.toBeInstanceOf(DeadlineError);
  });
});

describe("retry", () => {
  it("waits by its table and returns the first success", async () => {
    const waits: number[] = [];
    const result = await retry(
      { backoffMs: [1, 2, 3], jitter: 0, onFault: (_error, _attempt, waitMs) => void waits.push(waitMs) },
      async (attempt) => {
        if (attempt < 2) throw new Error("not yet");
        return attempt;
      },
    );
    expect(result).toBe(2);
    expect(waits).toEqual([1, 2]);
  });

  it("throws the last fault when the table is used up, or when told that it is final", async () => {
    const attempt = vi.fn(async () => {
      throw new Error("never");
    });
    await expect(retry({ backoffMs: [1] }, attempt)).rejects.toThrow("never");
    expect(attempt).toHaveBeenCalledTimes(2);
    await expect(retry({ backoffMs: [1, 1], onFault: () => false }, attempt)).rejects.toThrow("never");
    expect(attempt).toHaveBeenCalledTimes(3);
  });

  it("ends in its wait when aborted", async () => {
    const abort = new AbortController();
    const running = retry({ backoffMs: [60_000], signal: abort.signal }, async () => {
      throw new Error("first");
    });
    setTimeout(() => abort.abort(new Error("stop")), 5);
    await expect(running).rejects.toThrow("stop");
  });

  it("spreads waits by its jitter", async () => {
    const waits: number[] = [];
    const random = vi.fn().mockReturnValueOnce(0).mockReturnValueOnce(1);
    await retry(
      { backoffMs: [10, 10], jitter: 0.4, random, onFault: (_e, _a, waitMs) => void waits.push(waitMs) },
      async (attempt) => {
        if (attempt < 2) throw new Error("again");
      },
    );
    expect(waits).toEqual([8, 12]);
  });
});
