import { Button } from "@footlight/ui/button.tsx";
import { EmptyState } from "@footlight/ui/empty-state.tsx";
import { RotateCw } from "lucide-react";
import { isRouteErrorResponse, useRouteError } from "react-router";
import { NotFound } from "./not-found.tsx";

/** When a page fails to load or to draw: mostly a new version was put in place of the open one. */
export const Crash = () => {
  const error = useRouteError();
  if (isRouteErrorResponse(error) && error.status === 404) return <NotFound />;
  return (
    <main className="page page-center">
      <title>Something broke – Footlight</title>
      <EmptyState
        heading="h1"
        title="The page could not be shown"
        action={
          <Button variant="primary" icon={RotateCw} onClick={() => location.reload()}>
            Reload
          </Button>
        }
      >
        <p>The connection failed, or Footlight was updated while the page was open.</p>
      </EmptyState>
    </main>
  );
};
