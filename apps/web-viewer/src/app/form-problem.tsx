import { CircleAlert } from "lucide-react";
import { messageOf } from "../api/problem.ts";
import "@footlight/ui/notice.css";

/** What a failed mutation says above its button; announced when it appears. */
export const FormProblem = ({ error }: { error: unknown }) => (
  <div role="alert" className={error ? "notice notice-bad" : undefined}>
    {error ? (
      <>
        <CircleAlert aria-hidden size={18} />
        <p>{messageOf(error)}</p>
      </>
    ) : null}
  </div>
);
