import { useStore } from "@footlight/ui/use-store.ts";
import { CameraOff } from "lucide-react";
import { useEffect, useRef } from "react";
import type { CameraPreview } from "../../state/set-up/camera-preview.ts";
import { deviceWords } from "../../state/set-up/words.ts";

/** The camera's own picture with what it gives, or why there is none. */
export const CameraView = ({ camera, isThere }: { camera: CameraPreview; isThere: boolean }) => {
  const now = useStore(camera.store);
  const video = useRef<HTMLVideoElement>(null);
  const stream = now.state === "live" ? now.stream : null;
  useEffect(() => {
    if (video.current) video.current.srcObject = stream;
  }, [stream]);
  if (now.state === "live")
    return (
      <div className="device-picture">
        <video ref={video} autoPlay muted playsInline aria-label="Your camera" />
        <p className="device-on">
          Camera is on, {now.mode.width} × {now.mode.height} at {now.mode.fps}
        </p>
      </div>
    );
  return (
    <div className="device-picture device-nothing">
      <CameraOff aria-hidden size={28} />
      <p role="status">{deviceWords("camera", now, isThere)}</p>
    </div>
  );
};
