import { describe, expect, it } from "vitest";
import { lanAddress, NetworkCounts, networkOf } from "./network.ts";

describe("a network", () => {
  it.each([
    ["192.0.2.7", "192.0.2.7"],
    ["::ffff:192.0.2.7", "192.0.2.7"],
    ["2001:db8:1:2:3:4:5:6", "2001:db8:1:2"],
    ["2001:0db8:0001:0002::1", "2001:db8:1:2"],
    ["2001:db8::1", "2001:db8:0:0"],
    ["::1", "0:0:0:0"],
    ["fe80::1%eth0", "fe80:0:0:0"],
    ["", ""],
  ])("of %s is %s", (address, network) => {
    expect(networkOf(address)).toBe(network);
  });
});

describe("counts of networks", () => {
  it("count an IPv6 host's many addresses as one, and each leaves once", () => {
    const counts = new NetworkCounts();
    const leave = counts.enter("2001:db8::1");
    const other = counts.enter("2001:db8::2");
    counts.enter("192.0.2.7");
    expect(counts.of("2001:db8::ffff")).toBe(2);
    leave();
    leave();
    expect([counts.of("2001:db8::1"), counts.size]).toEqual([1, 2]);
    other();
    expect([counts.of("2001:db8::1"), counts.size]).toEqual([0, 1]);
  });
});

it("finds the address for the devices around this machine, not one of its containers' or the world's", () => {
  const of = (address: string, internal = false, family = "IPv4") => [{ address, internal, family }];
  const lan = { eth0: of("192.168.1.7"), docker0: of("172.17.0.1"), lo: of("127.0.0.1", true) };
  expect(lanAddress({ docker0: lan.docker0, lo: lan.lo, eth1: of("203.0.113.5") })).toBeUndefined();
  expect(lanAddress({ docker0: lan.docker0, eth1: of("203.0.113.5"), eth0: lan.eth0 })).toBe("192.168.1.7");
  expect(lanAddress({ eth0: of("fd00::1", false, "IPv6"), eth1: of("172.31.4.2") })).toBe("172.31.4.2");
});
