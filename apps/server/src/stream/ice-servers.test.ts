import { expect, test } from "vitest";
import { IceServers } from "./ice-servers.ts";

const clock = { nowMs: () => 1_700_000_000_500 };

test("a TURN server without a password gets one of the secret, for a day; others are told as they are", () => {
  const servers = [
    { urls: "stun:stun.example.net" },
    { urls: "turn:turn.example.net:3478" },
    { urls: "turns:other.example.net", username: "ada", credential: "open" },
  ];
  expect(new IceServers({ servers, turnSecret: "north" }, clock).list()).toEqual([
    { urls: ["stun:stun.example.net"] },
    // printf 1700086400 | openssl dgst -sha1 -hmac north -binary | base64
    {
      urls: ["turn:turn.example.net:3478"],
      username: "1700086400",
      credential: "K+RlgFj3QLvB7WAVHfjfgMgyBeA=",
    },
    { urls: ["turns:other.example.net"], username: "ada", credential: "open" },
  ]);
});

test("without a secret nothing is made up", () => {
  const servers = [{ urls: "turn:turn.example.net" }];
  expect(new IceServers({ servers, turnSecret: undefined }, clock).list()).toEqual([
    { urls: ["turn:turn.example.net"] },
  ]);
});
