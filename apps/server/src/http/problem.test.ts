import { Problem } from "@footlight/shared";
import { describe, expect, it } from "vitest";
import { problemOf } from "./problem.ts";

describe("problemOf", () => {
  it("lets an error with a code of ours speak", () => {
    const error = Object.assign(new Error("That name is taken."), { code: "username_taken" });
    expect(problemOf(error)).toMatchObject({
      status: 409,
      code: "username_taken",
      detail: "That name is taken.",
    });
  });

  it("carries field errors", () => {
    const errors = [{ path: "title", message: "too long" }];
    expect(problemOf({ code: "invalid_request", errors })).toMatchObject({ status: 400, errors });
  });

  it.each([
    new Error("ENOENT: /srv/secret"),
    Object.assign(new Error("relation does not exist"), { code: "42P01" }),
    Object.assign(new Error("disk"), { code: "internal_error" }),
    "thrown text",
    undefined,
    { statusCode: 302 },
  ])("says nothing of an internal fault (%s)", (thrown) => {
    const body = problemOf(thrown);
    expect(body).toEqual({
      type: "urn:footlight:problem:internal_error",
      title: "Internal error",
      status: 500,
      code: "internal_error",
    });
    expect(Problem.parse(body)).toEqual(body);
  });

  it.each([
    [413, "payload_too_large"],
    [415, "unsupported_media_type"],
    [429, "rate_limited"],
    [418, "invalid_request"],
  ])("knows the framework's %i", (statusCode, code) => {
    expect(problemOf({ statusCode, message: "detail of a library" })).toMatchObject({ code });
    expect(problemOf({ statusCode, message: "detail of a library" })).not.toHaveProperty("detail");
  });
});
