import { handOrder, onStage, peopleOf } from "@footlight/realtime/stage/people.ts";
import type { StageState } from "@footlight/shared";
import { Badge } from "@footlight/ui/badge.tsx";
import { Button, IconButton } from "@footlight/ui/button.tsx";
import { ConfirmDialog } from "@footlight/ui/dialog.tsx";
import { Notice } from "@footlight/ui/notice.tsx";
import { toast } from "@footlight/ui/toast.tsx";
import { useStore } from "@footlight/ui/use-store.ts";
import { useMutation } from "@tanstack/react-query";
import { LogOut, Settings2 } from "lucide-react";
import { useState } from "react";
import { messageOf } from "../../api/problem.ts";
import { useTRPC } from "../../api/trpc.ts";
import { DeviceNotices, DevicePicker } from "./device-picker.tsx";
import type { LocalDevices } from "./media/local-devices.ts";
import { HandToggle, InputToggle, ScreenToggle } from "./own-controls.tsx";
import type { StageSeat } from "./stage-seat.ts";
import { StageTiles } from "./stage-tiles.tsx";

/** A guest among the others. */
export const GuestOnStage = ({
  seat,
  devices,
  stage,
  person,
  onLeave,
}: {
  seat: StageSeat;
  devices: LocalDevices;
  stage: StageState;
  person: StageState["participants"][string];
  onLeave: () => void;
}) => {
  const { me } = useStore(seat.view);
  const [settings, setSettings] = useState(false);
  const onError = (error: unknown) => toast(messageOf(error), "bad");
  const raise = useMutation({ mutationFn: (raised: boolean) => seat.raiseHand(raised), onError });
  const stepDown = useMutation({ mutationFn: () => seat.stepDown(), onError });
  const people = peopleOf(stage);
  const hand = me === null ? undefined : handOrder(people, me);
  return (
    <div className="on-stage" data-testid="on-stage">
      <title>{`On stage with ${stage.host.displayName} – Footlight`}</title>
      <h1 className="sr-only">{stage.host.displayName}’s stage</h1>
      <div className="on-stage-head">
        <Badge tone="live">ON STAGE</Badge>
        <span>
          {stage.host.displayName} · {onStage(people).length} on stage
        </span>
        <Standing stage={stage} person={person} hand={hand} />
      </div>
      <Carrying seat={seat} stage={stage} person={person} />
      <StageTiles seat={seat} devices={devices} />
      {settings && (
        <section className="on-stage-settings card" aria-label="Devices">
          <DevicePicker devices={devices} />
        </section>
      )}
      <DeviceNotices devices={devices} />
      <div className="stage-bar" role="toolbar" aria-label="Your controls">
        <InputToggle devices={devices} kind="microphone" held={person.muted} />
        <InputToggle devices={devices} kind="camera" />
        <ScreenToggle seat={seat} />
        <HandToggle raised={person.handRaisedAt !== null} onChange={(raised) => raise.mutate(raised)} />
        <IconButton
          label="Devices"
          icon={Settings2}
          className="stage-button"
          aria-expanded={settings}
          onClick={() => setSettings(!settings)}
        />
        <ConfirmDialog
          trigger={
            <Button variant="danger" icon={LogOut} className="stage-leave">
              Leave
            </Button>
          }
          title="Leave the stage?"
          confirm="Leave"
          onConfirm={() => stepDown.mutate(undefined, { onSettled: onLeave })}
        >
          <p>The audience does not see you any more. Coming back, you ask to enter again.</p>
        </ConfirmDialog>
      </div>
    </div>
  );
};

/** What the host has done to one, said aloud when it changes. */
const Standing = ({
  stage,
  person,
  hand,
}: {
  stage: StageState;
  person: StageState["participants"][string];
  hand: number | undefined;
}) => (
  <div role="status" className="on-stage-standing">
    {person.muted && (
      <Badge tone="warn">The host has muted you{hand === undefined && ". Raise your hand to speak"}</Badge>
    )}
    {person.hidden && <Badge tone="warn">The audience does not see you</Badge>}
    {hand !== undefined && <Badge>Hand raised, number {hand}</Badge>}
    {!stage.host.present && <Badge tone="warn">The host is away; the stage stays open</Badge>}
  </div>
);

/** Co-streaming needs two: the host has allowed it, this is the other's yes. */
const Carrying = ({
  seat,
  stage,
  person,
}: {
  seat: StageSeat;
  stage: StageState;
  person: StageState["participants"][string];
}) => {
  const trpc = useTRPC();
  const carry = useMutation(
    trpc.stage.carry.mutationOptions({ onError: (error) => toast(messageOf(error), "bad") }),
  );
  if (person.carry === "no") return null;
  const { stageId } = seat;
  const isOn = person.carry === "on";
  return (
    <Notice
      tone={isOn ? "good" : "info"}
      title={isOn ? "Your channel shows this stream" : `${stage.host.displayName} offers to co-stream`}
      actions={
        <Button
          size="sm"
          variant={isOn ? "outline" : "primary"}
          busy={carry.isPending}
          onClick={() => carry.mutate({ stageId, on: !isOn })}
        >
          {isOn ? "Stop" : "Show it on my channel"}
        </Button>
      }
    >
      <p>{isOn ? "Either of you can end it." : "Your channel’s page would play this stream too."}</p>
    </Notice>
  );
};
