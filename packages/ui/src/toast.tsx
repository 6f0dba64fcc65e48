import { Toast } from "@base-ui/react/toast";
import { X } from "lucide-react";
import type { ReactNode } from "react";
import { Button, IconButton } from "./button.tsx";
import "./toast.css";

const manager = Toast.createToastManager();

/** Says shortly that something was done (or was not), with one thing to do about it; screen readers hear it. */
export const toast = (
  title: string,
  tone: "good" | "bad" = "good",
  action?: { label: string; run: () => void },
): void => {
  const id = manager.add({
    title,
    type: tone,
    timeout: tone === "bad" || action ? 8_000 : 4_000,
    ...(action && {
      actionProps: {
        children: action.label,
        onClick: () => {
          action.run();
          manager.close(id);
        },
      },
    }),
  });
};

const List = () => {
  const { toasts } = Toast.useToastManager();
  return toasts.map((item) => (
    <Toast.Root key={item.id} toast={item} className={`toast toast-${item.type ?? "good"}`}>
      <Toast.Content className="toast-content">
        <Toast.Title className="toast-title" />
        {item.actionProps && <Toast.Action render={<Button size="sm" variant="quiet" />} />}
        <Toast.Close render={<IconButton label="Dismiss" icon={X} size="sm" />} />
      </Toast.Content>
    </Toast.Root>
  ));
};

export const Toasts = ({ children }: { children: ReactNode }) => (
  <Toast.Provider toastManager={manager}>
    {children}
    <Toast.Portal>
      <Toast.Viewport className="toasts">
        <List />
      </Toast.Viewport>
    </Toast.Portal>
  </Toast.Provider>
);
