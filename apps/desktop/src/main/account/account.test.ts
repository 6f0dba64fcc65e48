import { describe, expect, it } from "vitest";
import { serverAddress } from "./account.ts";

describe("serverAddress", () => {
  it.each([
    ["live.example.org", "https://live.example.org"],
    [" live.example.org/watch?x ", "https://live.example.org"],
    ["localhost:8080", "http://localhost:8080"],
    ["192.168.1.4:8080", "http://192.168.1.4:8080"],
    ["http://live.example.org:81/", "http://live.example.org:81"],
    // A name in an address is somebody's trick or mistake.
    ["https://user:pass@live.example.org", undefined],
    ["", undefined],
    ["not an address", undefined],
  ])("makes of %j %j", (typed, server) => {
    expect(serverAddress(typed)).toBe(server);
  });
});
