import { LIMITS, type Me } from "@footlight/shared";
import { Avatar } from "@footlight/ui/avatar.tsx";
import { Button } from "@footlight/ui/button.tsx";
import { Card } from "@footlight/ui/card.tsx";
import { TextArea, TextField } from "@footlight/ui/field.tsx";
import { Skeleton } from "@footlight/ui/skeleton.tsx";
import { toast } from "@footlight/ui/toast.tsx";
import { useMutation, useQuery, useQueryClient } from "@tanstack/react-query";
import { type FormEvent, useRef, useState } from "react";
import { messageOf } from "../../api/problem.ts";
import { useTRPC } from "../../api/trpc.ts";
import { ErrorState } from "../../app/error-state.tsx";
import { FormProblem } from "../../app/form-problem.tsx";
import { readSettings } from "../dashboard/channel-settings.ts";
import { squareAvatar } from "./square-avatar.ts";

/** How a channel presents itself: picture, name, bio. */
export const ProfileCard = ({ me }: { me: Me }) => {
  const trpc = useTRPC();
  const dashboard = useQuery(trpc.dashboard.get.queryOptions());
  return (
    <Card id="profile" title="Profile">
      <div className="stack">
        <Picture me={me} />
        {dashboard.isPending && <Skeleton className="skeleton-block" />}
        {dashboard.isLoadingError && (
          <ErrorState error={dashboard.error} retry={() => void dashboard.refetch()} />
        )}
        {dashboard.data && <Words settings={dashboard.data.settings} />}
      </div>
    </Card>
  );
};

const Picture = ({ me }: { me: Me }) => {
  const trpc = useTRPC();
  const queryClient = useQueryClient();
  const input = useRef<HTMLInputElement>(null);
  const after = {
    onSuccess: () => queryClient.invalidateQueries(),
    onError: (error: unknown) => toast(messageOf(error), "bad"),
  };
  const upload = useMutation(trpc.dashboard.uploadAvatar.mutationOptions(after));
  const remove = useMutation(trpc.dashboard.removeAvatar.mutationOptions(after));
  const take = async (file: File | undefined) => {
    if (!file) return;
    const data = await squareAvatar(file);
    if (data) upload.mutate({ data });
    else toast("That file is not a picture that this browser can read.", "bad");
  };
  return (
    <div className="row">
      <Avatar name={me.displayName} src={me.avatar} size="xl" />
      <input
        ref={input}
        type="file"
        accept="image/png,image/jpeg,image/webp"
        hidden
        aria-label="Picture"
        onChange={(event) => void take(event.target.files?.[0])}
      />
      <Button busy={upload.isPending} onClick={() => input.current?.click()}>
        {me.avatar ? "Change picture" : "Add a picture"}
      </Button>
      {me.avatar && (
        <Button variant="quiet" busy={remove.isPending} onClick={() => remove.mutate()}>
          Remove
        </Button>
      )}
    </div>
  );
};

const Words = ({ settings }: { settings: Parameters<typeof readSettings>[0] }) => {
  const trpc = useTRPC();
  const queryClient = useQueryClient();
  const [errors, setErrors] = useState<Record<string, string>>({});
  const save = useMutation(
    trpc.dashboard.updateChannel.mutationOptions({
      onSuccess: () => {
        toast("Profile saved");
        return queryClient.invalidateQueries();
      },
    }),
  );
  const onSubmit = (event: FormEvent<HTMLFormElement>) => {
    event.preventDefault();
    const form = new FormData(event.currentTarget);
    const read = readSettings(settings, { displayName: form.get("displayName"), bio: form.get("bio") });
    setErrors(read.errors);
    if (read.settings) save.mutate(read.settings);
  };
  return (
    <form className="stack" noValidate onSubmit={onSubmit}>
      <TextField
        name="displayName"
        label="Name"
        hint="As others see it; the address of your channel stays the same."
        defaultValue={settings.displayName}
        maxLength={LIMITS.displayName}
        error={errors["displayName"]}
      />
      <TextArea
        name="bio"
        label="About you"
        defaultValue={settings.bio}
        maxLength={LIMITS.bio}
        error={errors["bio"]}
      />
      <FormProblem error={save.error} />
      <div>
        <Button type="submit" variant="primary" busy={save.isPending}>
          Save profile
        </Button>
      </div>
    </form>
  );
};
