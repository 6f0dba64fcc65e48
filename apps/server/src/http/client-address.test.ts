import type { IncomingMessage } from "node:http";
import { expect, it } from "vitest";
import { clientAddress } from "./client-address.ts";

const request = (remoteAddress: string, forwarded?: string) =>
  ({ socket: { remoteAddress }, headers: { "x-forwarded-for": forwarded } }) as unknown as IncomingMessage;

it("believes a forwarded address from a trusted proxy only", () => {
  const addressOf = clientAddress(["10.0.0.0/8"]);
  expect(addressOf(request("10.1.2.3", "203.0.113.9"))).toBe("203.0.113.9");
  expect(addressOf(request("198.51.100.7", "203.0.113.9"))).toBe("198.51.100.7");
  expect(clientAddress([])(request("10.1.2.3", "203.0.113.9"))).toBe("10.1.2.3");
});
