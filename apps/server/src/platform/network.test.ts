import { describe, expect, it } from "vitest";
import { NetworkCounts, networkOf } from "./network.ts";

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
