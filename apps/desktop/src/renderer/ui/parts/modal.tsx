import { Dialog } from "@base-ui/react/dialog";
import { IconButton } from "@footlight/ui/button.tsx";
import { cx } from "@footlight/ui/cx.ts";
import { X } from "lucide-react";
import type { ReactNode, RefObject } from "react";
import "@footlight/ui/dialog.css";
import "./modal.css";

/** A window within the window; Escape and its cross close it. */
export const Modal = ({
  title,
  size = "md",
  first,
  onClose,
  children,
}: {
  title: string;
  size?: "md" | "lg";
  /** What has the focus when it opens; else its cross. */
  first?: RefObject<HTMLElement | null>;
  onClose: () => void;
  children: ReactNode;
}) => (
  <Dialog.Root open onOpenChange={(open) => !open && onClose()}>
    <Dialog.Portal>
      <Dialog.Backdrop className="dialog-backdrop" />
      <Dialog.Popup
        className={cx("dialog", "modal", `modal-${size}`)}
        {...(first && { initialFocus: first })}
      >
        <div className="modal-top">
          <Dialog.Title className="dialog-title">{title}</Dialog.Title>
          <Dialog.Close render={<IconButton label="Close" icon={X} size="sm" />} />
        </div>
        {children}
      </Dialog.Popup>
    </Dialog.Portal>
  </Dialog.Root>
);
