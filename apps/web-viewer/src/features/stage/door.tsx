import { STAGE_LIMITS, type StageId } from "@footlight/shared";
import { Button } from "@footlight/ui/button.tsx";
import { TextField } from "@footlight/ui/field.tsx";
import { useMutation } from "@tanstack/react-query";
import { DoorOpen } from "lucide-react";
import type { FormEvent } from "react";
import { problemOf } from "../../api/problem.ts";
import { useTRPC } from "../../api/trpc.ts";
import { FormProblem } from "../../app/form-problem.tsx";
import type { GuestSession } from "./entry.ts";
import { GuestEnd, type GuestEndKind } from "./guest-end.tsx";

const ENDS: Partial<Record<string, GuestEndKind>> = {
  token_expired: "used",
  forbidden: "wrong_link",
  invalid_request: "wrong_link",
  stage_not_found: "closed",
};

/** Redeems a link: from here on this tab is the guest, and nobody else by this link. */
export const Door = ({
  stageId,
  token,
  onIn,
  onVoid,
}: {
  stageId: StageId;
  token: string;
  onIn: (session: GuestSession) => void;
  onVoid: () => void;
}) => {
  const trpc = useTRPC();
  const redeem = useMutation(
    trpc.stage.redeem.mutationOptions({
      onSuccess: onIn,
      onError: (error) => {
        if (ENDS[problemOf(error).code] !== undefined) onVoid();
      },
    }),
  );
  const problem = redeem.error && problemOf(redeem.error);
  const end = problem && !("name" in problem.fields) ? ENDS[problem.code] : undefined;
  if (end !== undefined) return <GuestEnd kind={end} />;

  const onSubmit = (event: FormEvent<HTMLFormElement>) => {
    event.preventDefault();
    const name = String(new FormData(event.currentTarget).get("name") ?? "").trim();
    if (name) redeem.mutate({ stageId, token, name });
  };
  return (
    <div className="page page-narrow door">
      <title>Invitation to a stage – Footlight</title>
      <section className="card" aria-labelledby="door">
        <h1 id="door" className="door-title">
          You are invited on stage
        </h1>
        <p className="door-text">
          Next comes the green room, where you check camera and microphone. Nobody in the audience sees or
          hears you before the host lets you on.
        </p>
        <form className="stack" onSubmit={onSubmit}>
          <TextField
            label="Your name"
            name="name"
            hint="It is shown under your picture."
            autoComplete="name"
            maxLength={STAGE_LIMITS.name}
            required
          />
          <FormProblem error={redeem.error} />
          <Button type="submit" variant="primary" size="lg" icon={DoorOpen} busy={redeem.isPending}>
            Enter the green room
          </Button>
        </form>
      </section>
    </div>
  );
};
