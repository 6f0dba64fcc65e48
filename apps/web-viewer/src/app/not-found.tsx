import { LinkButton } from "@footlight/ui/button.tsx";
import { EmptyState } from "@footlight/ui/empty-state.tsx";

export const NotFound = ({ what = "page" }: { what?: "page" | "channel" }) => (
  <div className="page page-center">
    <title>Not found – Footlight</title>
    <EmptyState
      heading="h1"
      title={what === "channel" ? "There is no channel of that name" : "This page is not in the programme"}
      action={
        <LinkButton to="/" variant="primary">
          See who is live
        </LinkButton>
      }
    >
      <p>Check the spelling in the address, or look for it with the search above.</p>
    </EmptyState>
  </div>
);
