import { type Dashboard, LIMITS } from "@footlight/shared";
import { Button } from "@footlight/ui/button.tsx";
import { TextField } from "@footlight/ui/field.tsx";
import { useMutation, useQuery } from "@tanstack/react-query";
import { type FormEvent, useState } from "react";
import { useTRPC } from "../../api/trpc.ts";
import { readSettings } from "../dashboard/channel-settings.ts";
import { useDashboardAction } from "../dashboard/use-dashboard-action.ts";

/** What the broadcast is called, or is going to be; changed here as on the dashboard. */
export const StreamTitle = () => {
  const trpc = useTRPC();
  const { data } = useQuery(trpc.dashboard.get.queryOptions());
  if (data === undefined) return null;
  const title = data.stream?.playback.title ?? data.settings.title;
  // Anew where it was changed elsewhere.
  return <TitleForm key={title} title={title} settings={data.settings} />;
};

const TitleForm = ({ title, settings }: { title: string; settings: Dashboard["settings"] }) => {
  const trpc = useTRPC();
  const [typed, setTyped] = useState(title);
  const [error, setError] = useState<string>();
  const save = useMutation(trpc.dashboard.updateChannel.mutationOptions(useDashboardAction()("Saved")));
  const onSubmit = (event: FormEvent<HTMLFormElement>) => {
    event.preventDefault();
    const read = readSettings(settings, { title: typed });
    setError(read.errors["title"]);
    if (read.settings) save.mutate(read.settings);
  };
  return (
    <form className="stream-title" noValidate onSubmit={onSubmit}>
      <TextField
        label="Title of the broadcast"
        name="title"
        maxLength={LIMITS.title}
        autoComplete="off"
        value={typed}
        onChange={(event) => setTyped(event.target.value)}
        error={error}
      />
      {typed !== title && (
        <Button type="submit" busy={save.isPending}>
          Save
        </Button>
      )}
    </form>
  );
};
