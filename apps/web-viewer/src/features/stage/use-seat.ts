import { createDevice } from "@footlight/realtime/stage/create-device.ts";
import { StageMedia } from "@footlight/realtime/stage/stage-media.ts";
import type { StageId } from "@footlight/shared";
import { useEffect, useState } from "react";
import { openRealtime } from "../../realtime/page-realtime.ts";
import { LevelMeter } from "./media/level-meter.ts";
import { LocalDevices } from "./media/local-devices.ts";
import { StageSeat } from "./stage-seat.ts";

/** Camera and microphone for as long as the component lives. */
export const useDevices = (): LocalDevices | null => {
  const [devices, setDevices] = useState<LocalDevices | null>(null);
  useEffect(() => {
    const made = new LocalDevices(navigator.mediaDevices, window.isSecureContext);
    void made.open();
    setDevices(made);
    return () => made.close();
  }, []);
  return devices;
};

/** A place on the stage for as long as the component lives: by a guest's token, else by the account. */
export const useSeat = (
  stageId: StageId | null,
  guestToken: string | null,
  devices: LocalDevices | null,
): StageSeat | null => {
  const [seat, setSeat] = useState<StageSeat | null>(null);
  useEffect(() => {
    if (devices === null || stageId === null) return;
    const realtime = openRealtime(guestToken === null ? undefined : { kind: "guest", token: guestToken });
    const media = new StageMedia({ stageId, takesOver: true, realtime, createDevice });
    const made = new StageSeat({ stageId, realtime, media, devices });
    setSeat(made);
    return () => {
      made.close();
      setSeat(null);
    };
  }, [stageId, guestToken, devices]);
  return seat;
};

export const useLevelMeter = (track: MediaStreamTrack | null): LevelMeter | null => {
  const [meter, setMeter] = useState<LevelMeter | null>(null);
  useEffect(() => {
    if (track === null) return;
    const made = new LevelMeter(track);
    setMeter(made);
    return () => {
      made.close();
      setMeter(null);
    };
  }, [track]);
  return meter;
};
