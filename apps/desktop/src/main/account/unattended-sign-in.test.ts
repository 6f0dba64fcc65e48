import { expect, it } from "vitest";
import type { SignInFault } from "./account.ts";
import { UnattendedSignIn } from "./unattended-sign-in.ts";

const order = { server: "http://localhost:8080", username: "mira", password: "secret" };

async function signedIn(answers: (SignInFault | null)[], closeAt = Number.POSITIVE_INFINITY) {
  const asked: string[] = [];
  const told: SignInFault[] = [];
  const signIn = async (...words: [string, string, string]) => {
    asked.push(words.join(" "));
    if (asked.length === closeAt) unattended[Symbol.dispose]();
    return answers[asked.length - 1] ?? null;
  };
  const unattended = new UnattendedSignIn({ signIn }, (fault) => told.push(fault), [1]);
  await unattended.run(order);
  return { asked, told };
}

it("signs in, and tries again while the server does not answer", async () => {
  const { asked, told } = await signedIn(["unreachable", "unreachable", "unreachable", null]);
  expect(asked).toEqual(Array(4).fill("http://localhost:8080 mira secret"));
  expect(told).toEqual(["unreachable"]);
});

it("does not knock again with what was refused", async () => {
  const { asked, told } = await signedIn(["unreachable", "wrong_password"]);
  expect([asked.length, told]).toEqual([2, ["unreachable", "wrong_password"]]);
});

it("ends with the studio", async () => {
  expect((await signedIn(["unreachable", "unreachable", "unreachable"], 2)).asked).toHaveLength(2);
});
