import { Button } from "@footlight/ui/button.tsx";
import { RadioCards } from "@footlight/ui/choice.tsx";
import { TextField } from "@footlight/ui/field.tsx";
import { Notice } from "@footlight/ui/notice.tsx";
import { type FormEvent, useState } from "react";
import type { BroadcastSnapshot, StudioSettings } from "../../../contract/studio-topics.ts";
import { broadcastFaultWords } from "../../state/words.ts";
import { Toggle } from "../parts/fields.tsx";
import { Modal } from "../parts/modal.tsx";
import { useStudio, useTopic } from "../use-studio.ts";
import "./go-live.css";

type Stream = StudioSettings["stream"];

const LATENCIES: { value: Stream["latencyMode"]; label: string; detail: string }[] = [
  { value: "ultra-low", label: "Ultra", detail: "Under half a second, to talk with viewers" },
  { value: "low", label: "Low", detail: "Under a second, for most broadcasts" },
  { value: "standard", label: "Standard", detail: "Under three seconds, for the largest audiences" },
];

/** The last look before going on air: what it is called and where it goes. */
export const GoLive = ({ onClose, onSettings }: { onClose: () => void; onSettings: () => void }) => {
  const settings = useTopic("settings");
  return (
    <Modal title="Go live" onClose={onClose}>
      {settings && <LiveForm first={settings.stream} onClose={onClose} onSettings={onSettings} />}
    </Modal>
  );
};

const LiveForm = ({
  first,
  onClose,
  onSettings,
}: {
  first: Stream;
  onClose: () => void;
  onSettings: () => void;
}) => {
  const studio = useStudio();
  const targets = useTopic("targets") ?? [];
  const [stream, setStream] = useState(first);
  const [fault, setFault] = useState<BroadcastSnapshot["fault"]>(null);
  const [busy, setBusy] = useState(false);
  const enabled = targets.filter((target) => target.enabled);
  const onServer = enabled.some((target) => target.kind === "footlight");
  const go = async (event: FormEvent) => {
    event.preventDefault();
    setBusy(true);
    setFault(null);
    const answer = await studio.ask("broadcast.start", { stream });
    setBusy(false);
    if (answer === null) return;
    if (answer.fault) setFault(answer.fault);
    else onClose();
  };
  return (
    <form className="form go-live" onSubmit={(event) => void go(event)}>
      {onServer && (
        <>
          <TextField
            label="Title"
            name="title"
            maxLength={140}
            required
            value={stream.title}
            onChange={(event) => setStream({ ...stream, title: event.target.value })}
          />
          <TextField
            label="Category"
            name="category"
            maxLength={60}
            value={stream.category}
            onChange={(event) => setStream({ ...stream, category: event.target.value })}
          />
          <RadioCards
            name="latency"
            label="Delay to your viewers"
            choices={LATENCIES}
            value={stream.latencyMode}
            onChange={(value) => {
              const mode = LATENCIES.find((one) => one.value === value);
              if (mode) setStream({ ...stream, latencyMode: mode.value });
            }}
          />
        </>
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
              <Button size="sm" onClick={onSettings}>
                Add a target
              </Button>
            }
          >
            <p>Sign in to your Footlight server, or add the address and key of any other service.</p>
          </Notice>
        )}
      </fieldset>
      {fault && (
        <div role="alert">
          <Notice tone="bad">
            <p>{broadcastFaultWords(fault)}</p>
            {fault.detail !== "" && <p className="field-hint">{fault.detail}</p>}
          </Notice>
        </div>
      )}
      <div className="form-actions">
        <Button onClick={onClose}>Not yet</Button>
        <Button
          type="submit"
          variant="primary"
          busy={busy}
          disabled={enabled.length === 0 || (onServer && stream.title.trim() === "")}
        >
          Go live now
        </Button>
      </div>
    </form>
  );
};
