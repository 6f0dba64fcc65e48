import { Button } from "@footlight/ui/button.tsx";
import { Card } from "@footlight/ui/card.tsx";
import { toast } from "@footlight/ui/toast.tsx";
import { useMutation } from "@tanstack/react-query";
import { messageOf } from "../../api/problem.ts";
import { useTRPC } from "../../api/trpc.ts";
import { NotFound } from "../../app/not-found.tsx";
import { HandOut } from "./hand-out.tsx";
import { RequireSignIn } from "./require-sign-in.tsx";
import { UsersCard } from "./users-card.tsx";
import "./account.css";

/** For whoever runs the server: who is on it, invitations, reset links. */
export const OperatorPage = () => (
  <RequireSignIn>
    {(me) =>
      me.operator ? (
        <div className="page page-medium">
          <title>Operator – Footlight</title>
          <h1>Operator</h1>
          <div className="cards">
            <InviteCard />
            <UsersCard />
          </div>
        </div>
      ) : (
        <NotFound />
      )
    }
  </RequireSignIn>
);

const InviteCard = () => {
  const trpc = useTRPC();
  const onError = (error: unknown) => toast(messageOf(error), "bad");
  const invite = useMutation(trpc.operator.createInvite.mutationOptions({ onError }));
  return (
    <Card id="invites" title="Invite somebody">
      <div className="stack">
        <p className="soft">One link, one account. It works also while sign-up is closed to others.</p>
        {invite.data && <HandOut url={invite.data.url} what="the invitation" />}
        <div>
          <Button variant="primary" busy={invite.isPending} onClick={() => invite.mutate()}>
            Make an invitation
          </Button>
        </div>
      </div>
    </Card>
  );
};
