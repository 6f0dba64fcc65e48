import { Button, IconButton } from "@footlight/ui/button.tsx";
import { ConfirmDialog } from "@footlight/ui/dialog.tsx";
import { Notice } from "@footlight/ui/notice.tsx";
import { Pencil, Plus, Trash2 } from "lucide-react";
import { useState } from "react";
import type { TargetSnapshot } from "../../../contract/studio-topics.ts";
import { Toggle } from "../parts/fields.tsx";
import { useStudio, useTopic } from "../use-studio.ts";
import { TargetForm } from "./target-form.tsx";

/** Where broadcasts go: any number at once. */
export const TargetsPane = () => {
  const targets = useTopic("targets") ?? [];
  const keeps = useTopic("account")?.keepsSecrets ?? true;
  const [editing, setEditing] = useState<TargetSnapshot | "new" | null>(null);
  const close = () => setEditing(null);
  if (editing !== null)
    return <TargetForm target={editing === "new" ? null : editing} onDone={close} onCancel={close} />;
  return (
    <div className="form">
      {!keeps && (
        <Notice tone="warn">
          This system has no secret store, so keys are kept only until you close the studio.
        </Notice>
      )}
      {targets.length === 0 && (
        <p className="field-hint">
          None yet. Sign in to your Footlight server under “Server”, or add another service.
        </p>
      )}
      {targets.map((target) => (
        <TargetRow key={target.id} target={target} onEdit={() => setEditing(target)} />
      ))}
      <div>
        <Button icon={Plus} onClick={() => setEditing("new")}>
          Add a target
        </Button>
      </div>
    </div>
  );
};

const TargetRow = ({ target, onEdit }: { target: TargetSnapshot; onEdit: () => void }) => {
  const studio = useStudio();
  const kind = { footlight: "Footlight", rtmp: "RTMP", whip: "WHIP" }[target.kind];
  return (
    <div className="target">
      <Toggle
        label={target.name}
        hint={`${kind}, ${target.url}${target.hasKey || target.kind === "footlight" ? "" : ", no key"}`}
        checked={target.enabled}
        onChange={(enabled) => void studio.ask("targets.enable", { id: target.id, enabled })}
      />
      {target.kind !== "footlight" && (
        <>
          <IconButton label={`Change ${target.name}`} icon={Pencil} size="sm" onClick={onEdit} />
          <ConfirmDialog
            trigger={<IconButton label={`Remove ${target.name}`} icon={Trash2} size="sm" />}
            title={`Remove ${target.name}?`}
            confirm="Remove"
            onConfirm={() => void studio.ask("targets.remove", { id: target.id })}
          >
            Its key is forgotten too, and cannot be brought back from here.
          </ConfirmDialog>
        </>
      )}
    </div>
  );
};
