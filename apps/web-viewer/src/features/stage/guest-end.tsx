import { Button, LinkButton } from "@footlight/ui/button.tsx";
import { EmptyState } from "@footlight/ui/empty-state.tsx";
import { RotateCw } from "lucide-react";
import type { ReactNode } from "react";
import { useLocation } from "react-router";
import { signInFrom } from "../account/return-to.ts";

export type GuestEndKind = "used" | "wrong_link" | "closed" | "removed" | "by_invitation" | "left";

const WORDS: Record<GuestEndKind, { title: string; text: string }> = {
  used: {
    title: "This link has been used",
    text: "Each link lets one person in, once, and only for a while. If that was you, go on in the tab where you opened it; otherwise ask the host for a new link.",
  },
  wrong_link: {
    title: "This link is not complete",
    text: "A part of it was lost on the way. Copy the whole link from the message you got, or ask the host for a new one.",
  },
  closed: { title: "The stage has closed", text: "The host has closed it, or the stream is over." },
  removed: {
    title: "The host has removed you from the stage",
    text: "You can watch on as everybody else does. To come back you need a new invitation.",
  },
  by_invitation: {
    title: "This stage is by invitation",
    text: "Open the link that the host sent you, or sign in with the account that was invited.",
  },
  left: { title: "You have left the stage", text: "Your place is kept as long as this tab is open." },
};

/** Where a guest's way ends, why, and what to do. */
export const GuestEnd = ({
  kind,
  hostUsername,
  onReturn,
}: {
  kind: GuestEndKind;
  hostUsername?: string | undefined;
  onReturn?: () => void;
}) => {
  const { title, text } = WORDS[kind];
  return (
    <div className="page page-center" data-testid={`stage-end-${kind}`}>
      <title>{`${title} – Footlight`}</title>
      <EmptyState title={title} heading="h1" action={<Ways {...{ kind, hostUsername, onReturn }} />}>
        {text}
      </EmptyState>
    </div>
  );
};

const Ways = ({
  kind,
  hostUsername,
  onReturn,
}: {
  kind: GuestEndKind;
  hostUsername: string | undefined;
  onReturn: (() => void) | undefined;
}): ReactNode => {
  const { pathname } = useLocation();
  return (
    <div className="row">
      {onReturn && (
        <Button variant="primary" icon={RotateCw} onClick={onReturn}>
          Come back
        </Button>
      )}
      {kind === "by_invitation" && (
        <LinkButton to={signInFrom(pathname)} variant="primary">
          Sign in
        </LinkButton>
      )}
      {hostUsername && <LinkButton to={`/${hostUsername}`}>Watch the stream</LinkButton>}
      {!hostUsername && <LinkButton to="/">Home</LinkButton>}
    </div>
  );
};
