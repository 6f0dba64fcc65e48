import type { StageDesk } from "@footlight/shared";
import { Button, IconButton } from "@footlight/ui/button.tsx";
import { Card } from "@footlight/ui/card.tsx";
import { ConfirmDialog } from "@footlight/ui/dialog.tsx";
import { Notice } from "@footlight/ui/notice.tsx";
import { Skeleton } from "@footlight/ui/skeleton.tsx";
import { useStore } from "@footlight/ui/use-store.ts";
import { useMutation } from "@tanstack/react-query";
import { DoorClosed, Settings2 } from "lucide-react";
import { useState } from "react";
import { useTRPC } from "../../api/trpc.ts";
import { DeviceNotices, DevicePicker } from "./device-picker.tsx";
import { InviteCard } from "./invite-card.tsx";
import { LayoutPicker } from "./layout-picker.tsx";
import type { LocalDevices } from "./media/local-devices.ts";
import { OnAirBar } from "./on-air-bar.tsx";
import { InputToggle, ScreenToggle } from "./own-controls.tsx";
import { PeopleCard } from "./people-card.tsx";
import { SeatTrouble } from "./seat-trouble.tsx";
import type { StageSeat } from "./stage-seat.ts";
import { StageTiles } from "./stage-tiles.tsx";
import { StreamTitle } from "./stream-title.tsx";
import { useDevices, useSeat } from "./use-seat.ts";
import { useStageAction } from "./use-stage-action.ts";

/** An open stage, as its host has it. */
export const HostDesk = ({ desk }: { desk: StageDesk }) => {
  const devices = useDevices();
  const seat = useSeat(desk.stageId, null, devices);
  return (
    <div className="host">
      <div className="host-main">
        {devices && seat ? (
          <HostStageView seat={seat} devices={devices} />
        ) : (
          <Skeleton className="skeleton-block" />
        )}
      </div>
      <div className="host-side">
        {seat && <PeopleCard seat={seat} />}
        <InviteCard desk={desk} />
        <CloseStage />
      </div>
    </div>
  );
};

const HostStageView = ({ seat, devices }: { seat: StageSeat; devices: LocalDevices }) => {
  const { link, trouble, stage } = useStore(seat.view);
  const [settings, setSettings] = useState(false);
  return (
    <>
      {link === "lost" && <Notice tone="warn" title="The connection was lost. Coming back…" />}
      {stage?.media.available === false && (
        <Notice tone="warn" title="Real-time video is not available">
          <p>No media worker is running on this server, so nobody can be seen or heard on the stage.</p>
        </Notice>
      )}
      {trouble !== null && link === "open" && stage?.media.available !== false && (
        <SeatTrouble seat={seat} trouble={trouble} />
      )}
      <StageTiles seat={seat} devices={devices} />
      <div className="stage-bar" role="toolbar" aria-label="Your controls">
        <InputToggle devices={devices} kind="microphone" />
        <InputToggle devices={devices} kind="camera" />
        <ScreenToggle seat={seat} />
        <IconButton
          label="Devices"
          icon={Settings2}
          className="stage-button"
          aria-expanded={settings}
          onClick={() => setSettings(!settings)}
        />
      </div>
      {settings && (
        <section className="on-stage-settings card" aria-label="Devices">
          <DevicePicker devices={devices} />
        </section>
      )}
      <DeviceNotices devices={devices} />
      <Card id="composition" title="On the stream">
        <div className="composition">
          <StreamTitle />
          <LayoutPicker seat={seat} />
          <OnAirBar seat={seat} devices={devices} />
        </div>
      </Card>
    </>
  );
};

const CloseStage = () => {
  const trpc = useTRPC();
  const close = useMutation(trpc.stage.close.mutationOptions(useStageAction()));
  return (
    <ConfirmDialog
      trigger={
        <Button variant="danger" icon={DoorClosed} busy={close.isPending}>
          Close the stage
        </Button>
      }
      title="Close the stage?"
      confirm="Close the stage"
      onConfirm={() => close.mutate()}
    >
      <p>Every guest leaves, and all links end. Your stream itself goes on.</p>
    </ConfirmDialog>
  );
};
