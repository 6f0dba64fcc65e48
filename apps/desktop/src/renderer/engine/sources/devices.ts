import type { SourceSettings } from "../../../model/document.ts";

/** Electron's own constraints: a display or window by the id that `desktopCapturer` gave it. */
interface DesktopConstraints {
  readonly mandatory: Readonly<Record<string, string | number>>;
}

const desktopVideo = (sourceId: string, maxFrameRate: number): DesktopConstraints => ({
  mandatory: {
    ...{ chromeMediaSource: "desktop", chromeMediaSourceId: sourceId },
    ...{ maxFrameRate, maxWidth: 7_680, maxHeight: 4_320 },
  },
});

/** The stream of a camera, display or window. Rejects as `getUserMedia` does. */
export async function openVideo(settings: SourceSettings, canvasFps: number): Promise<MediaStream> {
  switch (settings.kind) {
    case "camera": {
      const { deviceId, width, height, fps } = settings;
      return await navigator.mediaDevices.getUserMedia({
        video: {
          ...(deviceId === "" || deviceId === "default" ? {} : { deviceId: { exact: deviceId } }),
          ...(width === undefined ? {} : { width: { ideal: width } }),
          ...(height === undefined ? {} : { height: { ideal: height } }),
          frameRate: { ideal: fps ?? canvasFps },
        },
      });
    }
    case "display":
    case "window": {
      const id = settings.kind === "display" ? settings.displayId : settings.windowId;
      // Chromium's own types know nothing of Electron's constraints.
      const video = desktopVideo(id, canvasFps) as unknown as MediaTrackConstraints;
      return await navigator.mediaDevices.getUserMedia({ audio: false, video });
    }
    default:
      throw new DOMException(`${settings.kind} is no capture device`, "NotFoundError");
  }
}

/** The mixer's own filters do the rest, where the streamer wants it. */
const UNTOUCHED: MediaTrackConstraints = {
  ...{ echoCancellation: false, noiseSuppression: false, autoGainControl: false },
  channelCount: { ideal: 2 },
};

/** The stream of a microphone, or of what the system plays. Rejects as `getUserMedia` does. */
export async function openSound(settings: SourceSettings): Promise<MediaStream> {
  switch (settings.kind) {
    case "microphone": {
      const { deviceId } = settings;
      return await navigator.mediaDevices.getUserMedia({
        audio: {
          ...(deviceId === "" || deviceId === "default" ? {} : { deviceId: { exact: deviceId } }),
          ...UNTOUCHED,
        },
      });
    }
    // Main answers with what the loudspeakers play, and asks nobody for a picture.
    case "desktop-audio":
      return await navigator.mediaDevices.getDisplayMedia({ video: false, audio: UNTOUCHED });
    default:
      throw new DOMException(`${settings.kind} has no sound device`, "NotFoundError");
  }
}
