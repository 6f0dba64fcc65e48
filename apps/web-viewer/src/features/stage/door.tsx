import { STAGE_LIMITS, type StageId } from "@footlight/shared";
import { Button } from "@footlight/ui/button.tsx";
import { TextField } from "@footlight/ui/field.tsx";
import { useMutation, useQuery } from "@tanstack/react-query";
import { DoorOpen } from "lucide-react";
import { type FormEvent, useEffect, useState } from "react";
import { problemOf } from "../../api/problem.ts";
import { useTRPC, useTRPCClient } from "../../api/trpc.ts";
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
  const client = useTRPCClient();
  const [nameError, setNameError] = useState<string>();
  const redeem = useMutation(trpc.stage.redeem.mutationOptions({ onSuccess: onIn }));
  const { data: asks, error: lookError } = useQuery({
    queryKey: ["stage.lookAt", stageId, token],
    queryFn: () => client.stage.lookAt.mutate({ stageId, token }),
    staleTime: Number.POSITIVE_INFINITY,
  });
  const error = redeem.error ?? lookError;
  const problem = error && problemOf(error);
  const end = problem && !("name" in problem.fields) ? ENDS[problem.code] : undefined;
  useEffect(() => {
    if (end !== undefined) onVoid();
  }, [end, onVoid]);
  if (end !== undefined) return <GuestEnd kind={end} />;

  const onSubmit = (event: FormEvent<HTMLFormElement>) => {
    event.preventDefault();
    const name = String(new FormData(event.currentTarget).get("name") ?? "").trim();
    setNameError(name ? undefined : "Say how you want to be called.");
    if (name) redeem.mutate({ stageId, token, name });
  };
  return (
    <div className="page page-narrow door">
      <title>Invitation to a stage – Footlight</title>
      <section className="card" aria-labelledby="door">
        <h1 id="door" className="door-title">
          {asks ? `${asks.hostDisplayName} invites you on stage` : "You are invited on stage"}
        </h1>
        {asks?.title && <p className="door-show">{asks.title}</p>}
        <p className="door-text">
          Next comes the green room, where you check camera and microphone. Nobody in the audience sees or
          hears you before {asks?.hostDisplayName ?? "the host"} lets you on.
        </p>
        <form className="stack" noValidate onSubmit={onSubmit}>
          <TextField
            label="Your name"
            name="name"
            hint="It is shown under your picture."
            autoComplete="name"
            maxLength={STAGE_LIMITS.name}
            required
            error={nameError}
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
