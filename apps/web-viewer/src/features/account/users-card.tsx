import { Badge } from "@footlight/ui/badge.tsx";
import { Button } from "@footlight/ui/button.tsx";
import { Card } from "@footlight/ui/card.tsx";
import { TextField } from "@footlight/ui/field.tsx";
import { formatAgo } from "@footlight/ui/format.ts";
import { Skeleton } from "@footlight/ui/skeleton.tsx";
import { toast } from "@footlight/ui/toast.tsx";
import { useInfiniteQuery, useMutation } from "@tanstack/react-query";
import { useDeferredValue, useState } from "react";
import { Link } from "react-router";
import { messageOf } from "../../api/problem.ts";
import { useTRPC } from "../../api/trpc.ts";
import { ErrorState } from "../../app/error-state.tsx";
import { HandOut } from "./hand-out.tsx";

/** Every account, with a link for who has forgotten the password. */
export const UsersCard = () => {
  const trpc = useTRPC();
  const [typed, setTyped] = useState("");
  const q = useDeferredValue(typed.trim());
  const users = useInfiniteQuery(
    trpc.operator.users.infiniteQueryOptions(
      { q, limit: 50 },
      { getNextPageParam: (page) => page.nextCursor },
    ),
  );
  const [link, setLink] = useState<{ username: string; url: string } | null>(null);
  const onError = (error: unknown) => toast(messageOf(error), "bad");
  const reset = useMutation(trpc.operator.createResetLink.mutationOptions({ onError }));
  const shown = users.data?.pages.flatMap((page) => page.users) ?? [];
  return (
    <Card id="users" title="Accounts">
      <div className="stack">
        <TextField
          name="q"
          type="search"
          label="Find by username or e-mail"
          value={typed}
          onChange={(event) => setTyped(event.target.value)}
        />
        {link && (
          <div className="stack">
            <p>
              Reset link for <strong>{link.username}</strong>. Give it to nobody else.
            </p>
            <HandOut url={link.url} what="the reset link" />
          </div>
        )}
        {users.isPending && <Skeleton className="skeleton-block" />}
        {users.isLoadingError && <ErrorState error={users.error} retry={() => void users.refetch()} />}
        {users.data && shown.length === 0 && <p className="soft">Nobody of that name.</p>}
        {shown.length > 0 && (
          <section
            className="table-scroll"
            // biome-ignore lint/a11y/noNoninteractiveTabindex: what scrolls must be reachable by keyboard
            tabIndex={0}
            aria-label="List of accounts"
          >
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
                {shown.map((user) => (
                  <tr key={user.userId}>
                    <td>
                      <Link to={`/${user.username}`}>{user.username}</Link>{" "}
                      {user.operator && <Badge tone="good">operator</Badge>}{" "}
                      {user.live && <Badge tone="live">LIVE</Badge>}
                    </td>
                    <td>{user.email}</td>
                    <td>{formatAgo(user.createdAt, Date.now())}</td>
                    <td>
                      <Button
                        size="sm"
                        onClick={() =>
                          reset.mutate(
                            { userId: user.userId },
                            { onSuccess: ({ url }) => setLink({ username: user.username, url }) },
                          )
                        }
                      >
                        Reset link<span className="sr-only"> for {user.username}</span>
                      </Button>
                    </td>
                  </tr>
                ))}
              </tbody>
            </table>
          </section>
        )}
        {users.hasNextPage && (
          <div>
            <Button busy={users.isFetchingNextPage} onClick={() => void users.fetchNextPage()}>
              Show more
            </Button>
          </div>
        )}
      </div>
    </Card>
  );
};
