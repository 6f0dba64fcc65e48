import { CopyButton } from "@footlight/ui/copy-button.tsx";

/** A link to give to somebody; it is shown only now. */
export const HandOut = ({ url, what }: { url: string; what: string }) => (
  <div className="link-out" role="status">
    <code>{url}</code>
    <CopyButton value={url} what={what} />
  </div>
);
