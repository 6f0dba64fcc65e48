import { Check, Copy } from "lucide-react";
import { useState } from "react";
import { Button } from "./button.tsx";
import { toast } from "./toast.tsx";

/** Copies a value, or one that is fetched when it is pressed, and says so. */
export const CopyButton = ({ value, what }: { value: string | (() => Promise<string>); what: string }) => {
  const [copied, setCopied] = useState(false);
  const copy = async () => {
    try {
      await navigator.clipboard.writeText(typeof value === "string" ? value : await value());
      setCopied(true);
      setTimeout(() => setCopied(false), 2_000);
      toast(`Copied ${what}`);
    } catch {
      toast(`The browser did not allow copying ${what}. Select it and copy it by hand.`, "bad");
    }
  };
  return (
    <Button icon={copied ? Check : Copy} onClick={() => void copy()} aria-label={`Copy ${what}`}>
      Copy
    </Button>
  );
};
