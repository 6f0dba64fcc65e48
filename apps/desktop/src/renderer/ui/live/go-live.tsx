import { splitTags } from "@footlight/shared";
import { Button } from "@footlight/ui/button.tsx";
import { Notice } from "@footlight/ui/notice.tsx";
import { type FormEvent, useState } from "react";
import type { BroadcastSnapshot, StudioSettings } from "../../../contract/studio-topics.ts";
import { broadcastFaultWords } from "../../state/words.ts";
import { Toggle } from "../parts/fields.tsx";
import { Modal } from "../parts/modal.tsx";
import { SignInForm } from "../settings/sign-in-form.tsx";
import { TargetForm } from "../settings/target-form.tsx";
import { useStudio, useTopic } from "../use-studio.ts";
import { ServerFields } from "./server-fields.tsx";
import { tagsFault } from "./tags-field.tsx";
import "./go-live.css";

type Stream = StudioSettings["stream"];

/** The two ways to somewhere to go. */
type Way = "server" | "key";
const WAYS = { server: "Sign in to a Footlight server", key: "Use a stream key" } as const;

/** The last look before going on air: what it is called and where it goes. */
export const GoLive = ({ onClose }: { onClose: () => void }) => {
  const settings = useTopic("settings");
  const [way, setWay] = useState<Way | null>(null);
  const back = () => setWay(null);
  return (
    <Modal title={way === null ? "Go live" : WAYS[way]} onClose={onClose}>
      {settings && way === null && <LiveForm first={settings.stream} onClose={onClose} onWay={setWay} />}
      {way === "server" && <SignInForm onDone={back} onCancel={back} />}
      {way === "key" && <TargetForm target={null} onDone={back} onCancel={back} />}
    </Modal>
  );
};

const LiveForm = ({
  first,
  onClose,
  onWay,
}: {
  first: Stream;
  onClose: () => void;
  onWay: (way: Way) => void;
}) => {
  const studio = useStudio();
  const targets = useTopic("targets") ?? [];
  const [stream, setStream] = useState(first);
  const [tags, setTags] = useState(first.tags.join(", "));
  const [rehearsal, setRehearsal] = useState(false);
  const [fault, setFault] = useState<BroadcastSnapshot["fault"]>(null);
  const [busy, setBusy] = useState(false);
  const enabled = targets.filter((target) => target.enabled);
  const onServer = enabled.some((target) => target.kind === "footlight");
  const missing = missingWords({
    target: enabled.length === 0,
    title: onServer && stream.title.trim() === "",
    tags: onServer && tagsFault(tags) !== undefined,
  });
  const go = async (event: FormEvent) => {
    event.preventDefault();
    setBusy(true);
    setFault(null);
    const answer = await studio.ask("broadcast.start", {
      stream: { ...stream, ...(onServer && { tags: splitTags(tags) }) },
      rehearsal: onServer && rehearsal,
    });
    setBusy(false);
    if (answer === null) return;
    if (answer.fault) setFault(answer.fault);
    else onClose();
  };
  return (
    <form className="form go-live" onSubmit={(event) => void go(event)}>
      {onServer && (
        <ServerFields
          {...{ stream, setStream, tags, setTags, rehearsal, setRehearsal }}
          elsewhere={enabled.length > 1}
        />
      )}
      <fieldset className="form">
        <legend className="field-label">Where it goes</legend>
        {targets.map((target) => (
          <Toggle
            key={target.id}
            label={target.name}
            hint={target.url}
            checked={target.enabled}
            onChange={(on) => void studio.ask("targets.enable", { id: target.id, enabled: on })}
          />
        ))}
        {targets.length === 0 && (
          <Notice
            title="Nowhere yet"
            actions={
              <>
                <Button size="sm" onClick={() => onWay("server")}>
                  {WAYS.server}
                </Button>
                <Button size="sm" onClick={() => onWay("key")}>
                  {WAYS.key}
                </Button>
              </>
            }
          >
            <p>Every service that takes RTMP or WHIP gives you an address and a key.</p>
          </Notice>
        )}
      </fieldset>
      <Toggle
        label="Record it here too"
        hint="Begins and ends with the broadcast; it lies in your recordings' folder"
        checked={stream.record}
        onChange={(record) => setStream({ ...stream, record })}
      />
      {fault && (
        <div role="alert">
          <Notice tone="bad">
            <p>{broadcastFaultWords(fault)}</p>
            {fault.detail !== "" && <p className="field-hint">{fault.detail}</p>}
          </Notice>
        </div>
      )}
      <div className="form-actions">
        <p id="go-live-missing" className="field-hint" role="status">
          {missing}
        </p>
        <Button onClick={onClose}>Not yet</Button>
        <Button
          type="submit"
          variant="primary"
          busy={busy}
          disabled={missing !== ""}
          aria-describedby="go-live-missing"
        >
          {onServer && rehearsal ? "Begin the rehearsal" : "Go live now"}
        </Button>
      </div>
    </form>
  );
};

/** What is to be done before one can go live; nothing: "". */
const missingWords = (lacks: Record<"target" | "title" | "tags", boolean>): string => {
  if (lacks.target) return "Choose where it goes first.";
  if (lacks.title) return "Give it a title first.";
  return lacks.tags ? "Mend the tags first." : "";
};
