import { useMutation, useQuery } from "@tanstack/react-query";
import { useState } from "react";
import { Link } from "react-router";
import { messageOf } from "../../api/problem.ts";
import { useTRPC } from "../../api/trpc.ts";
import { NotFound } from "../../app/not-found.tsx";
import { Badge } from "../../ui/badge.tsx";
import { Button } from "../../ui/button.tsx";
import { Card } from "../../ui/card.tsx";
import { CopyButton } from "../../ui/copy-button.tsx";
import { ErrorState } from "../../ui/error-state.tsx";
import { formatAgo } from "../../ui/format.ts";
import { Skeleton } from "../../ui/skeleton.tsx";
import { toast } from "../../ui/toast.tsx";
import { RequireSignIn } from "./require-sign-in.tsx";
import "./account.css";

const onError = (error: unknown) => toast(messageOf(error), "bad");

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

/** A link to hand to somebody; shown once. */
const HandOut = ({ url, what }: { url: string; what: string }) => (
  <div className="link-out" role="status">
    <code>{url}</code>
    <CopyButton value={url} what={what} />
  </div>
);

const InviteCard = () => {
  const trpc = useTRPC();
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

const UsersCard = () => {
  const trpc = useTRPC();
  const users = useQuery(trpc.operator.users.queryOptions());
  const [link, setLink] = useState<{ username: string; url: string } | null>(null);
  const reset = useMutation(trpc.operator.createResetLink.mutationOptions({ onError }));
  const makeLink = (userId: string, username: string) =>
    reset.mutate({ userId }, { onSuccess: ({ url }) => setLink({ username, url }) });
  return (
    <Card id="users" title="Accounts">
      {users.isPending && <Skeleton className="skeleton-block" />}
      {users.isLoadingError && <ErrorState error={users.error} retry={() => void users.refetch()} />}
      <div className="stack">
        {link && (
          <div className="stack">
            <p>
              Reset link for <strong>{link.username}</strong>. Give it to nobody else.
            </p>
            <HandOut url={link.url} what="the reset link" />
          </div>
        )}
        {users.data && (
          // biome-ignore lint/a11y/noNoninteractiveTabindex: a region that scrolls must be reachable by keyboard
          <section className="table-scroll" tabIndex={0} aria-labelledby="users">
            <table className="table">
              <thead>
                <tr>
                  <th scope="col">Username</th>
                  <th scope="col">E-mail</th>
                  <th scope="col">Since</th>
                  <th scope="col">
                    <span className="sr-only">Actions</span>
                  </th>
                </tr>
              </thead>
              <tbody>
                {users.data.map((user) => (
                  <tr key={user.userId}>
                    <td>
                      <Link to={`/${user.username}`}>{user.username}</Link>{" "}
                      {user.operator && <Badge tone="good">operator</Badge>}
                    </td>
                    <td>{user.email}</td>
                    <td>{formatAgo(user.createdAt, Date.now())}</td>
                    <td>
                      <Button size="sm" onClick={() => makeLink(user.userId, user.username)}>
                        Reset link<span className="sr-only"> for {user.username}</span>
                      </Button>
                    </td>
                  </tr>
                ))}
              </tbody>
            </table>
          </section>
        )}
      </div>
    </Card>
  );
};
