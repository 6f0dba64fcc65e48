import type { ChannelPage } from "@footlight/shared";
import { Button, LinkButton } from "@footlight/ui/button.tsx";
import { GhostLight } from "@footlight/ui/ghost-light.tsx";
import { RotateCw } from "lucide-react";
import type { ReactNode } from "react";
import { messageOf } from "../../api/problem.ts";
import type { WatchPhase } from "./watch-phase.ts";

const Curtain = ({
  title,
  children,
  action,
  lit = true,
}: {
  title: string;
  children?: ReactNode;
  action?: ReactNode;
  lit?: boolean;
}) => (
  <div className="curtain">
    <GhostLight size={96} lit={lit} />
    <h2 className="curtain-title">{title}</h2>
    {children}
    {action && <div className="curtain-action">{action}</div>}
  </div>
);

const Lamps = () => (
  <span className="lamps" aria-hidden>
    <i />
    <i />
    <i />
  </span>
);

/** What hangs before the stage while there is nothing to play; null lets the player be seen. */
export const curtainFor = (
  phase: WatchPhase,
  channel: ChannelPage | undefined,
  retry: () => void,
): ReactNode => {
  const name = channel?.displayName ?? "";
  switch (phase.kind) {
    case "playing":
      return null;
    case "loading":
      return <Lamps />;
    case "offline":
      return (
        <Curtain title={`${name} is offline`}>
          {channel?.title && <p>Last: {channel.title}</p>}
          <p className="curtain-faint">
            {channel?.own
              ? "Start your encoder, and this page goes live by itself."
              : "The stream starts here by itself."}
          </p>
        </Curtain>
      );
    case "starting":
      return (
        <Curtain title="About to start">
          <p>The first picture is on its way.</p>
          <Lamps />
        </Curtain>
      );
    case "reconnecting":
      return (
        <div className="curtain curtain-over" data-testid="reconnecting">
          <Lamps />
          <h2 className="curtain-title">Hold on</h2>
          <p>{name}'s connection was interrupted. The stream goes on when it is back.</p>
        </div>
      );
    case "ended":
      return (
        <Curtain title="That was the show" action={<LinkButton to="/">See who else is live</LinkButton>}>
          <p>{name} has ended the stream.</p>
        </Curtain>
      );
    case "error":
      return (
        <Curtain
          lit={false}
          title="The channel did not load"
          action={
            <Button variant="primary" icon={RotateCw} onClick={retry}>
              Try again
            </Button>
          }
        >
          <p>{messageOf(phase.error)}</p>
        </Curtain>
      );
    case "missing":
      return null;
  }
};
