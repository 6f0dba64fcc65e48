import { describe, expect, it } from "vitest";
import { isNoise } from "./noise.mjs";

describe("isNoise", () => {
  it.each([
    "[10840:1121/215039.662477:ERROR:bus.cc(407)] Failed to connect to the bus: Failed to connect to socket",
    "[10840:1121/215039.662477:ERROR:dbus/bus.cc(406)] Failed to connect to the bus",
    "[10840:1121/215039.662477:ERROR:object_proxy.cc(590)] Failed to call method",
    "[11:1121/215039.1:ERROR:components/viz/service/main/viz_main_impl.cc(189)] Exiting GPU process",
    "[OpenH264] this = 0x0x55d0, Warning:Change QP Range",
  ])("%s", (line) => expect(isNoise(line)).toBe(true));

  it.each([
    "[10840:1121/215039.662477:FATAL:setuid_sandbox_host.cc(158)] The sandbox is not configured correctly",
    "[10840:1121/215039.662477:ERROR:ozone_platform_x11.cc(245)] Missing X server or $DISPLAY",
    "Error: listen EADDRINUSE: bus.cc(1)",
    "",
  ])("not: %s", (line) => expect(isNoise(line)).toBe(false));
});
