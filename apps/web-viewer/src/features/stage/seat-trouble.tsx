import { Button } from "@footlight/ui/button.tsx";
import { Notice } from "@footlight/ui/notice.tsx";
import { type ProblemCode, wordsFor } from "../../api/problem.ts";
import type { StageSeat } from "./stage-seat.ts";

/** Why one's own media do not come about, with what can be done. */
export const SeatTrouble = ({ seat, trouble }: { seat: StageSeat; trouble: ProblemCode }) =>
  trouble === "joined_elsewhere" ? (
    <div role="alert">
      <Notice
        tone="warn"
        title={wordsFor(trouble)}
        actions={<Button onClick={() => seat.takeOver()}>Take over here</Button>}
      >
        <p>There it goes on, in the studio or another tab. Here you are neither seen nor heard.</p>
      </Notice>
    </div>
  ) : (
    <Notice tone="warn" title={wordsFor(trouble)} />
  );
