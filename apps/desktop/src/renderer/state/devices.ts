export interface Device {
  readonly id: string;
  readonly name: string;
}

/** Cameras or microphones as the system has them; `default` stands for whichever the system prefers. */
export const listDevices = async (kind: "videoinput" | "audioinput"): Promise<Device[]> => {
  const devices = await navigator.mediaDevices.enumerateDevices();
  return devices
    .filter((device) => device.kind === kind && device.deviceId !== "")
    .map((device, index) => ({
      id: device.deviceId,
      name: device.label || `${kind === "videoinput" ? "Camera" : "Microphone"} ${index + 1}`,
    }));
};
