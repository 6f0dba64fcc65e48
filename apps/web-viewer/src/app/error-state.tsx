import { Button } from "@footlight/ui/button.tsx";
import { GhostLight } from "@footlight/ui/ghost-light.tsx";
import { RotateCw } from "lucide-react";
import { messageOf } from "../api/problem.ts";
import "@footlight/ui/empty-state.css";

/** A region that could not be loaded, in words, with a way to try again. */
export const ErrorState = ({
  error,
  retry,
  title = "That did not load",
}: {
  error: unknown;
  retry: () => void;
  title?: string;
}) => (
  <div className="empty" role="alert">
    <GhostLight lit={false} />
    <h2 className="empty-title">{title}</h2>
    <p className="empty-text">{messageOf(error)}</p>
    <div className="empty-action">
      <Button icon={RotateCw} onClick={retry}>
        Try again
      </Button>
    </div>
  </div>
);
