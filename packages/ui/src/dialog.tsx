import { AlertDialog } from "@base-ui/react/alert-dialog";
import type { ReactElement, ReactNode } from "react";
import { Button } from "./button.tsx";
import "./dialog.css";

interface ConfirmProps {
  /** Opens it. */
  trigger: ReactElement;
  title: string;
  children: ReactNode;
  confirm: string;
  onConfirm: () => void;
  danger?: boolean;
}

/** Asks before something that cannot be taken back. */
export const ConfirmDialog = ({
  trigger,
  title,
  children,
  confirm,
  onConfirm,
  danger = true,
}: ConfirmProps) => (
  <AlertDialog.Root>
    <AlertDialog.Trigger render={trigger} />
    <AlertDialog.Portal>
      <AlertDialog.Backdrop className="dialog-backdrop" />
      <AlertDialog.Popup className="dialog">
        <AlertDialog.Title className="dialog-title">{title}</AlertDialog.Title>
        <AlertDialog.Description render={<div />} className="dialog-text">
          {children}
        </AlertDialog.Description>
        <div className="dialog-actions">
          <AlertDialog.Close render={<Button>Cancel</Button>} />
          <AlertDialog.Close
            render={
              <Button variant={danger ? "danger" : "primary"} onClick={onConfirm}>
                {confirm}
              </Button>
            }
          />
        </div>
      </AlertDialog.Popup>
    </AlertDialog.Portal>
  </AlertDialog.Root>
);
