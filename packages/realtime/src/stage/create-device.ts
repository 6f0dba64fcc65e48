import type { RtpCapabilities } from "@footlight/shared";
import type { types as mediasoup } from "mediasoup-client";

/** mediasoup-client comes when it is needed: a chunk of its own. */
export async function createDevice(routerRtpCapabilities: RtpCapabilities): Promise<mediasoup.Device> {
  const { Device } = await import("mediasoup-client");
  const device = await Device.factory();
  await device.load({ routerRtpCapabilities: routerRtpCapabilities as mediasoup.RtpCapabilities });
  return device;
}
