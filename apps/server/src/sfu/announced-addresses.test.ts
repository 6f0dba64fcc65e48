import type { IceCandidate } from "mediasoup/types";
import { expect, test } from "vitest";
import { AnnouncedAddresses } from "./announced-addresses.ts";

const udp: IceCandidate = {
  foundation: "udpcandidate",
  priority: 1_000,
  ip: "0.0.0.0",
  address: "0.0.0.0",
  protocol: "udp",
  port: 40_000,
  type: "host",
};
const tcp: IceCandidate = { ...udp, priority: 500, protocol: "tcp", tcpType: "passive" };

test("gives each candidate out under each address, the first ones preferred", async () => {
  const addresses = new AnnouncedAddresses({ ip: "0.0.0.0", configured: ["192.0.2.1", "2001:db8::1"] });
  expect(await addresses.candidates([udp, tcp])).toEqual([
    { ...udp, foundation: "udp0", address: "192.0.2.1", ip: "192.0.2.1" },
    { ...tcp, foundation: "tcp0", address: "192.0.2.1", ip: "192.0.2.1" },
    { ...udp, foundation: "udp1", address: "2001:db8::1", ip: "2001:db8::1", priority: 999 },
    { ...tcp, foundation: "tcp1", address: "2001:db8::1", ip: "2001:db8::1", priority: 499 },
  ]);
});

test("is the address that the workers listen on, where nothing is configured", async () => {
  const addresses = new AnnouncedAddresses({ ip: "127.0.0.1", configured: [] });
  expect((await addresses.candidates([udp])).map(({ address }) => address)).toEqual(["127.0.0.1"]);
});

test("is never the wildcard", async () => {
  const addresses = new AnnouncedAddresses({ ip: "0.0.0.0", configured: [] });
  const given = await addresses.candidates([udp]);
  expect(given.length).toBeGreaterThan(0);
  for (const { address } of given) expect(address).not.toBe("0.0.0.0");
});

test("resolves names, and gives out as it is what it cannot resolve", async () => {
  const named = new AnnouncedAddresses({ ip: "0.0.0.0", configured: ["localhost", "nowhere.invalid"] });
  const given = (await named.candidates([udp])).map(({ address }) => address);
  expect(given.some((address) => address === "127.0.0.1" || address === "::1")).toBe(true);
  expect(given).toContain("nowhere.invalid");
});
