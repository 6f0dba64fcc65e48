import { type ChannelSettings, LIMITS, splitTags } from "@footlight/shared";
import { Button } from "@footlight/ui/button.tsx";
import { Card } from "@footlight/ui/card.tsx";
import { RadioCards } from "@footlight/ui/choice.tsx";
import { TextField } from "@footlight/ui/field.tsx";
import { useMutation } from "@tanstack/react-query";
import { type FormEvent, useState } from "react";
import { useTRPC } from "../../api/trpc.ts";
import { FormProblem } from "../../app/form-problem.tsx";
import { readChannelForm } from "./channel-settings.ts";
import { useDashboardAction } from "./use-dashboard-action.ts";

const LATENCIES = [
  { value: "ultra-low", label: "Ultra", detail: "Under half a second, to talk with viewers." },
  { value: "low", label: "Low", detail: "Under a second, for most broadcasts." },
  { value: "standard", label: "Standard", detail: "Under three seconds, for the largest audiences." },
];

/** Title, category and so on; of the running stream too, but for the latency. */
export const ChannelForm = ({ settings, live }: { settings: ChannelSettings; live: boolean }) => {
  const trpc = useTRPC();
  const action = useDashboardAction();
  const [errors, setErrors] = useState<Record<string, string>>({});
  const [latency, setLatency] = useState<string>(settings.latencyMode);
  const [tags, setTags] = useState(settings.tags.join(", "));
  const save = useMutation(
    trpc.dashboard.updateChannel.mutationOptions(
      action(live ? "Saved; viewers see it in a moment" : "Saved"),
    ),
  );

  const onSubmit = (event: FormEvent<HTMLFormElement>) => {
    event.preventDefault();
    const read = readChannelForm(new FormData(event.currentTarget), settings);
    setErrors(read.errors);
    if (read.settings) save.mutate(read.settings);
  };
  return (
    <Card id="channel" title="About the stream">
      <form className="stack" noValidate onSubmit={onSubmit}>
        <TextField
          name="title"
          label="Title"
          defaultValue={settings.title}
          maxLength={LIMITS.title}
          required
          error={errors["title"]}
        />
        <div className="form-pair">
          <TextField
            name="category"
            label="Category"
            defaultValue={settings.category}
            maxLength={LIMITS.category}
            error={errors["category"]}
          />
          <TextField
            name="tags"
            label="Tags"
            value={tags}
            onChange={(event) => setTags(event.target.value)}
            hint={`Separated by commas, up to ${LIMITS.tags}. ${splitTags(tags).length} now.`}
            error={errors["tags"]}
          />
        </div>
        <RadioCards
          name="latencyMode"
          label="Delay to your viewers"
          hint={live ? "Fixed while you are live; a change counts for the next stream." : undefined}
          choices={LATENCIES}
          value={latency}
          onChange={setLatency}
        />
        <FormProblem error={save.error} />
        <div>
          <Button type="submit" variant="primary" busy={save.isPending} data-testid="save-channel">
            Save
          </Button>
        </div>
      </form>
    </Card>
  );
};
