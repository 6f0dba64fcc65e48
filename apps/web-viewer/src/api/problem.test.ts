import { ERROR_STATUS } from "@footlight/shared";
import { TRPCClientError } from "@trpc/client";
import { describe, expect, it } from "vitest";
import { isLost, messageOf, problemOf, wordsFor } from "./problem.ts";

const failure = (data: object) =>
  TRPCClientError.from({ error: { message: "x", code: -32_000, data } } as Parameters<
    typeof TRPCClientError.from
  >[0]);

describe("problemOf", () => {
  it("has words for every code of the server", () => {
    for (const code of Object.keys(ERROR_STATUS)) {
      expect(problemOf(failure({ appCode: code })).code).toBe(code);
      expect(wordsFor(problemOf(failure({ appCode: code })).code)).toMatch(/\w.*\.$/);
    }
  });
  it("reads the fields of an invalid request", () => {
    const errors = [{ path: "email", message: "bad" }, "nonsense"];
    expect(problemOf(failure({ appCode: "invalid_request", errors })).fields).toEqual({ email: "bad" });
  });
  it("falls back on the status, and on the network", () => {
    expect(problemOf(failure({ httpStatus: 429 })).code).toBe("rate_limited");
    expect(problemOf(failure({ appCode: "__proto__", httpStatus: 500 })).code).toBe("internal_error");
    expect(problemOf(new TypeError("failed to fetch")).code).toBe("network");
    expect(isLost(problemOf(new TypeError("failed to fetch")))).toBe(true);
    expect(messageOf(new TypeError("x"))).toContain("connection");
  });
});
