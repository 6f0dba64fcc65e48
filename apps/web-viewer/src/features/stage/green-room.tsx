import type { Person } from "@footlight/realtime/stage/people.ts";
import type { StageState } from "@footlight/shared";
import { Avatar } from "@footlight/ui/avatar.tsx";
import { Badge } from "@footlight/ui/badge.tsx";
import { Button, IconButton } from "@footlight/ui/button.tsx";
import { toast } from "@footlight/ui/toast.tsx";
import { useStore } from "@footlight/ui/use-store.ts";
import { useMutation } from "@tanstack/react-query";
import { Hourglass, Sparkles, Undo2, Volume2, VolumeX } from "lucide-react";
import { useState } from "react";
import { messageOf } from "../../api/problem.ts";
import { DeviceNotices, DevicePicker } from "./device-picker.tsx";
import { isStarting, type LocalDevices } from "./media/local-devices.ts";
import { InputToggle } from "./own-controls.tsx";
import type { StageSeat } from "./stage-seat.ts";
import { TrackAudio, TrackVideo } from "./track-media.tsx";

type Own = StageState["participants"][string];

/** Before the stage: set up camera and microphone, see what is on, ask to enter, wait. */
export const GreenRoom = ({
  seat,
  devices,
  stage,
  person,
  title,
}: {
  seat: StageSeat;
  devices: LocalDevices;
  stage: StageState;
  person: Own;
  title: string | undefined;
}) => (
  <div className="page green-room" data-testid="green-room" data-state={person.state}>
    <title>Green room – Footlight</title>
    <header className="green-head">
      <p className="green-over">{stage.host.displayName}’s stage</p>
      <h1>Green room</h1>
      {title && <p className="green-title">{title}</p>}
    </header>
    <div className="green-main">
      <Preview devices={devices} name={person.name} />
      <DeviceNotices devices={devices} />
      <OnNow seat={seat} devices={devices} stage={stage} />
    </div>
    <div className="green-side card">
      <DevicePicker devices={devices} />
      <Entering seat={seat} stage={stage} person={person} />
    </div>
  </div>
);

const Preview = ({ devices, name }: { devices: LocalDevices; name: Person["name"] }) => {
  const { camera, asking } = useStore(devices.state);
  const starts = isStarting(camera);
  return (
    <div className="green-preview dark-room">
      {camera.track ? (
        <TrackVideo track={camera.track} mirrored label="Your camera" />
      ) : (
        <div className="tile-empty">
          <Avatar name={name} src={null} size="xl" />
          <p>{starts ? "Starting your camera…" : "Your camera is off"}</p>
          {starts && asking && (
            <p className="field-hint">If the browser asks, allow camera and microphone.</p>
          )}
        </div>
      )}
      <div className="green-controls">
        <InputToggle devices={devices} kind="microphone" />
        <InputToggle devices={devices} kind="camera" />
      </div>
      <p className="tile-caption">
        <span className="tile-name">{name}</span>
      </p>
    </div>
  );
};

const Entering = ({ seat, stage, person }: { seat: StageSeat; stage: StageState; person: Own }) => {
  const onError = (error: unknown) => toast(messageOf(error), "bad");
  const ask = useMutation({ mutationFn: () => seat.ask(), onError });
  const stepBack = useMutation({ mutationFn: () => seat.stepDown(), onError });
  const isWaiting = person.state === "waiting";
  return (
    <div className="entering">
      <div role="status">
        {isWaiting ? (
          <p className="entering-state">
            <Hourglass aria-hidden size={18} />
            {stage.host.present
              ? `${stage.host.displayName} knows that you are here. You are let on in a moment.`
              : `${stage.host.displayName} is not here right now. You keep your place in the queue.`}
          </p>
        ) : (
          <p className="field-hint">Only you see this picture. Ask to enter when you are ready.</p>
        )}
      </div>
      {isWaiting ? (
        <Button icon={Undo2} busy={stepBack.isPending} onClick={() => stepBack.mutate()}>
          Take it back
        </Button>
      ) : (
        <Button variant="primary" size="lg" icon={Sparkles} busy={ask.isPending} onClick={() => ask.mutate()}>
          Ask to enter
        </Button>
      )}
    </div>
  );
};

/** What the audience has now; silent until it is wanted, as it comes late compared with the stage. */
const OnNow = ({ seat, devices, stage }: { seat: StageSeat; devices: LocalDevices; stage: StageState }) => {
  const { tracks } = useStore(seat.view);
  const { speaker } = useStore(devices.state);
  const [heard, setHeard] = useState(false);
  const trackOf = (kind: "audio" | "video") =>
    Object.entries(stage.programme).flatMap(([id, one]) =>
      one.kind === kind ? (tracks.get(id) ?? []) : [],
    )[0];
  const video = trackOf("video");
  const audio = trackOf("audio");
  if (video === undefined && audio === undefined) return null;
  return (
    <section className="on-now" aria-label="On now">
      <div className="on-now-picture dark-room">
        {video && <TrackVideo track={video} fit="contain" label={`${stage.host.displayName}’s stream`} />}
        {audio && <TrackAudio track={audio} speaker={speaker} muted={!heard} />}
      </div>
      <div className="on-now-text">
        <Badge tone="live">ON NOW</Badge>
        <p>This is what the audience sees.</p>
        {audio && (
          <IconButton
            label={heard ? "Silence the stream" : "Listen to the stream"}
            icon={heard ? Volume2 : VolumeX}
            onClick={() => setHeard(!heard)}
          />
        )}
      </div>
    </section>
  );
};
