import type { Dashboard } from "@footlight/shared";
import { Button } from "@footlight/ui/button.tsx";
import { Card } from "@footlight/ui/card.tsx";
import { CopyButton } from "@footlight/ui/copy-button.tsx";
import { ConfirmDialog } from "@footlight/ui/dialog.tsx";
import { useMutation } from "@tanstack/react-query";
import { Eye, EyeOff, RefreshCw } from "lucide-react";
import { useState } from "react";
import { useTRPC, useTRPCClient } from "../../api/trpc.ts";
import { useDashboardAction } from "./use-dashboard-action.ts";

/** Where an encoder sends to, and the key that lets it in. */
export const EncoderCard = ({ ingest }: { ingest: Dashboard["ingest"] }) => (
  <Card id="encoder" title="Address and key">
    <div className="encoder">
      <Address label="Server (RTMP)" url={ingest.rtmp} testid="rtmp-url" />
      {ingest.rtmps && <Address label="Server, encrypted (RTMPS)" url={ingest.rtmps} testid="rtmps-url" />}
      {ingest.webrtc && <Address label="WebRTC (WHIP)" url={ingest.webrtc} testid="whip-url" />}
      <StreamKey />
    </div>
  </Card>
);

const Address = ({ label, url, testid }: { label: string; url: string; testid: string }) => (
  <div className="secret">
    <span className="field-label">{label}</span>
    <div className="secret-row">
      <code className="secret-value" data-testid={testid}>
        {url}
      </code>
      <CopyButton value={url} what="the address" />
    </div>
  </div>
);

const StreamKey = () => {
  const trpc = useTRPC();
  const client = useTRPCClient();
  const action = useDashboardAction();
  const [shown, setShown] = useState<string | null>(null);
  const reveal = useMutation(
    trpc.dashboard.revealKey.mutationOptions({
      ...action("The key is shown"),
      onSuccess: ({ streamKey }) => setShown(streamKey),
    }),
  );
  const rotate = useMutation(
    trpc.dashboard.rotateKey.mutationOptions(action("There is a new key; put it into your encoder")),
  );
  return (
    <div className="secret">
      <span className="field-label">Stream key</span>
      <div className="secret-row">
        <code className="secret-value" data-testid="stream-key">
          {shown ?? "••••••••••••••••••••••••"}
        </code>
        <CopyButton
          value={async () => shown ?? (await client.dashboard.revealKey.mutate()).streamKey}
          what="the key"
        />
      </div>
      <p className="field-hint">Whoever has it can broadcast as you. Never show it on stream.</p>
      <div className="row">
        <Button
          size="sm"
          icon={shown ? EyeOff : Eye}
          busy={reveal.isPending}
          onClick={() => (shown ? setShown(null) : reveal.mutate())}
          data-testid="reveal-key"
        >
          {shown ? "Hide key" : "Reveal key"}
        </Button>
        <ConfirmDialog
          trigger={
            <Button
              size="sm"
              variant="danger"
              icon={RefreshCw}
              busy={rotate.isPending}
              data-testid="rotate-key"
            >
              New key
            </Button>
          }
          title="Make a new stream key?"
          confirm="Make a new key"
          onConfirm={() => {
            setShown(null);
            rotate.mutate();
          }}
        >
          <p>The old key stops working at once, and an encoder that is sending with it is cut off.</p>
        </ConfirmDialog>
      </div>
    </div>
  );
};
