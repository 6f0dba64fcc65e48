import { Button, IconButton } from "@footlight/ui/button.tsx";
import { EmptyState } from "@footlight/ui/empty-state.tsx";
import { Menu, MenuItem } from "@footlight/ui/menu.tsx";
import { Notice } from "@footlight/ui/notice.tsx";
import { EllipsisVertical } from "lucide-react";
import { useState } from "react";
import type { StageSnapshot } from "../../../contract/stage.ts";
import { stageFaultWords } from "../../state/stage-words.ts";
import { PanelTools } from "../panels/panel-tools.tsx";
import { useStudio, useTopic } from "../use-studio.ts";
import { Invite } from "./invite.tsx";
import { LayOut } from "./lay-out.tsx";
import { People } from "./people.tsx";
import { useStage } from "./use-stage.ts";
import "../parts/row-list.css";
import "./guests.css";

/** The stage: who is invited, who waits, who is on it, and how they come into the picture. */
export const GuestsPanel = () => {
  const stage = useTopic("stage");
  const ask = useStage();
  return (
    <>
      <PanelTools>
        {stage?.state === "open" && (
          <Menu trigger={<IconButton size="sm" icon={EllipsisVertical} label="More about the stage" />}>
            <MenuItem onClick={() => void ask("stage.close", undefined)}>
              Close the stage: all guests leave
            </MenuItem>
          </Menu>
        )}
      </PanelTools>
      <div className="panel-body guests-body">{stage && <Body stage={stage} />}</div>
    </>
  );
};

const Body = ({ stage }: { stage: StageSnapshot }) => {
  switch (stage.state) {
    case "signed_out":
      return (
        <EmptyState title="Bring guests in">
          Sign in to a Footlight server in the settings. Guests then join from their browser, by a link of
          yours.
        </EmptyState>
      );
    case "opening":
      return (
        <p className="field-hint" role="status">
          Asking your server
        </p>
      );
    case "closed":
      return <Closed fault={stage.fault} />;
    case "open":
      return <Open stage={stage} />;
  }
};

const Closed = ({ fault }: { fault: string | null }) => {
  const ask = useStage();
  const [busy, setBusy] = useState(false);
  const open = async () => {
    setBusy(true);
    await ask("stage.open", undefined);
    setBusy(false);
  };
  return (
    <>
      {fault !== null && <Notice tone="bad">{stageFaultWords(fault)}</Notice>}
      <EmptyState
        title="The stage is closed"
        action={
          <Button variant="primary" busy={busy} onClick={() => void open()}>
            Open the stage
          </Button>
        }
      >
        Guests join from their browser. They see and hear you at once, before you go live as well.
      </EmptyState>
    </>
  );
};

const Open = ({ stage }: { stage: Extract<StageSnapshot, { state: "open" }> }) => {
  const studio = useStudio();
  const targets = useTopic("targets");
  const isTarget = targets?.some(({ kind, enabled }) => kind === "footlight" && enabled) ?? true;
  return (
    <>
      {stage.link === "lost" && (
        <Notice tone="warn">The connection to your server is lost. It is tried again.</Notice>
      )}
      {stage.link === "open" && stage.trouble !== null && (
        <Notice
          tone="warn"
          actions={
            stage.trouble === "joined_elsewhere" && (
              <Button size="sm" onClick={() => void studio.ask("stage.take-over", undefined)}>
                Take over here
              </Button>
            )
          }
        >
          {stageFaultWords(stage.trouble)}
        </Notice>
      )}
      {!isTarget && (
        <Notice tone="info">
          Your channel is switched off among the targets: guests see and hear you, its viewers do not.
        </Notice>
      )}
      <LayOut people={stage.people} />
      <People people={stage.people} />
      <Invite invitations={stage.invitations} />
    </>
  );
};
