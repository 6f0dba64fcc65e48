import type { Dashboard, PublishRefusal } from "@footlight/shared";
import { Button } from "@footlight/ui/button.tsx";
import { formatAgo } from "@footlight/ui/format.ts";
import { Notice } from "@footlight/ui/notice.tsx";
import { useNow } from "@footlight/ui/use-now.ts";
import { useMutation } from "@tanstack/react-query";
import { useTRPC } from "../../api/trpc.ts";
import { useDashboardAction } from "./use-dashboard-action.ts";
import { REFUSALS } from "./words.ts";

/** What keeps an encoder out, and the way in. */
export const PublishNotices = ({ data }: { data: Dashboard }) => (
  <div role="status" className="room-notices">
    {data.publishBlocked && <Blocked tried={data.refused?.code === "stream_ended"} />}
    {data.refused && !(data.publishBlocked && data.refused.code === "stream_ended") && (
      <Refused code={data.refused.code} at={data.refused.at} address={data.refused.address} />
    )}
  </div>
);

/** Quiet where nobody minds: a studio that ends its broadcast sends nothing more. */
const Blocked = ({ tried }: { tried: boolean }) => {
  const trpc = useTRPC();
  const action = useDashboardAction();
  const allow = useMutation(trpc.dashboard.allowPublish.mutationOptions(action("The key is open again")));
  return (
    <Notice
      tone={tried ? "warn" : "info"}
      title={tried ? "An encoder wants to go on with the stream that you ended" : "Your stream is over"}
      actions={
        <Button
          variant={tried ? "primary" : "outline"}
          busy={allow.isPending}
          onClick={() => allow.mutate()}
          data-testid="allow-publish"
        >
          Allow publishing
        </Button>
      }
    >
      <p>
        {tried
          ? "It is kept out until you allow it, or until it has not tried for a minute."
          : "For a minute no encoder can bring it back by accident. The studio can begin the next one at any time."}
      </p>
    </Notice>
  );
};

const Refused = ({ code, at, address }: { code: PublishRefusal; at: string; address: string }) => {
  const trpc = useTRPC();
  const action = useDashboardAction();
  const now = useNow(5_000);
  const change = useMutation(
    trpc.dashboard.switchPublisher.mutationOptions(action("Switched to the new encoder")),
  );
  const { title, remedy } = REFUSALS[code];
  return (
    <Notice
      tone="warn"
      title={title}
      actions={
        code === "key_in_use" ? (
          <Button
            variant="primary"
            busy={change.isPending}
            onClick={() => change.mutate()}
            data-testid="switch-publisher"
          >
            Switch to the new encoder
          </Button>
        ) : undefined
      }
    >
      <p>{remedy}</p>
      <p className="soft">
        From {address}, {formatAgo(at, now)}
      </p>
    </Notice>
  );
};
