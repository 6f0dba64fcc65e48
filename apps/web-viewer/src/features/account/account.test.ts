import { describe, expect, it } from "vitest";
import { returnTo, signInFrom } from "./return-to.ts";
import { signUpErrors } from "./sign-up-errors.ts";

describe("returnTo", () => {
  const to = (path: string) => returnTo(new URLSearchParams({ to: path }));
  it("goes back to a page of ours", () => {
    expect(to("/mira_plays")).toBe("/mira_plays");
    expect(returnTo(new URLSearchParams())).toBe("/");
    expect(signInFrom("/dashboard")).toBe("/login?to=%2Fdashboard");
  });
  it("never leaves the site", () => {
    for (const path of [
      "//evil.example",
      "/\\evil.example",
      "https://evil.example",
      "javascript:alert(1)",
      "",
    ]) {
      expect(to(path)).toBe("/");
    }
  });
});

describe("signUpErrors", () => {
  it("puts the words at their field", () => {
    expect(Object.keys(signUpErrors({ code: "username_taken", fields: {} }))).toEqual(["username"]);
    expect(Object.keys(signUpErrors({ code: "weak_password", fields: {} }))).toEqual(["password"]);
    expect(
      Object.keys(signUpErrors({ code: "invalid_request", fields: { email: "x", other: "y" } })),
    ).toEqual(["email"]);
    expect(signUpErrors({ code: "rate_limited", fields: {} })).toEqual({});
    expect(signUpErrors(null)).toEqual({});
  });
});
