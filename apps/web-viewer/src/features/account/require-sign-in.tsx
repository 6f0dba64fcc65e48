import type { Me } from "@footlight/shared";
import { Skeleton } from "@footlight/ui/skeleton.tsx";
import type { ReactNode } from "react";
import { Navigate, useLocation } from "react-router";
import { useMe } from "../../api/account.ts";
import { ErrorState } from "../../app/error-state.tsx";
import { signInFrom } from "./return-to.ts";

/** Draws its children for somebody who is signed in; sends others to the sign-in and back. */
export const RequireSignIn = ({ children }: { children: (me: Me) => ReactNode }) => {
  const { data: me, isPending, error, refetch } = useMe();
  const { pathname } = useLocation();
  if (isPending) {
    return (
      <div className="page stack" aria-busy>
        <Skeleton className="skeleton-title" />
        <Skeleton className="skeleton-block" />
      </div>
    );
  }
  if (error) return <ErrorState error={error} retry={() => void refetch()} />;
  if (!me) return <Navigate to={signInFrom(pathname)} replace />;
  return children(me);
};
