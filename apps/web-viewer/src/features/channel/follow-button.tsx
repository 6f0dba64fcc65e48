import type { ChannelPage } from "@footlight/shared";
import { Button, LinkButton } from "@footlight/ui/button.tsx";
import { toast } from "@footlight/ui/toast.tsx";
import { useMutation, useQueryClient } from "@tanstack/react-query";
import { Heart, HeartOff } from "lucide-react";
import { useLocation } from "react-router";
import { messageOf } from "../../api/problem.ts";
import { useTRPC } from "../../api/trpc.ts";
import { signInFrom } from "../account/return-to.ts";

/** Answers at once; what the server says follows. Visitors are led to the sign-in and back. */
export const FollowButton = ({ channel, onChange }: { channel: ChannelPage; onChange: () => void }) => {
  const trpc = useTRPC();
  const { pathname } = useLocation();
  const queryClient = useQueryClient();
  const onSettled = () => {
    onChange();
    void queryClient.invalidateQueries({ queryKey: trpc.follows.list.queryKey() });
  };
  const done = { onSettled, onError: (error: unknown) => toast(messageOf(error), "bad") };
  const follow = useMutation(trpc.follows.follow.mutationOptions(done));
  const unfollow = useMutation(trpc.follows.unfollow.mutationOptions(done));
  const { username } = channel;
  if (channel.following === null) {
    return (
      <LinkButton to={signInFrom(pathname)} variant="primary" icon={Heart}>
        Follow
      </LinkButton>
    );
  }
  const following = follow.isPending ? true : unfollow.isPending ? false : channel.following;
  return (
    <Button
      variant={following ? "outline" : "primary"}
      icon={following ? HeartOff : Heart}
      aria-pressed={following}
      onClick={() => (following ? unfollow : follow).mutate({ username })}
      data-testid="follow"
    >
      {following ? "Unfollow" : "Follow"}
    </Button>
  );
};
