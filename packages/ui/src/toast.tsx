import { Toast } from "@base-ui/react/toast";
import { X } from "lucide-react";
import { type ReactNode, useEffect } from "react";
import { Button, IconButton } from "./button.tsx";
import "./toast.css";

const manager = Toast.createToastManager();

/** What is said before anybody listens, as by the effects of pages that open with it; undefined: somebody does. */
let waiting: (() => void)[] | undefined = [];

/**
 * Says shortly that something was done (or was not), with one thing to do about it; screen readers hear it. What
 * `stays` is there until it is put away.
 */
export const toast = (
  title: string,
  tone: "good" | "bad" = "good",
  action?: { label: string; run: () => void },
  stays = false,
): void => {
  if (waiting) waiting.push(() => show(title, tone, action, stays));
  else show(title, tone, action, stays);
};

const show = (
  title: string,
  tone: "good" | "bad",
  action: { label: string; run: () => void } | undefined,
  stays: boolean,
): void => {
  const id = manager.add({
    title,
    type: tone,
    // Base UI's 0 is for ever.
    timeout: stays ? 0 : tone === "bad" || action ? 8_000 : 4_000,
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

export const Toasts = ({ children }: { children: ReactNode }) => {
  // The provider listens from its own effect on, which comes after those of its children and before this one.
  useEffect(() => {
    const said = waiting;
    waiting = undefined;
    for (const say of said ?? []) say();
  }, []);
  return (
    <Toast.Provider toastManager={manager}>
      {children}
      <Toast.Portal>
        <Toast.Viewport className="toasts">
          <List />
        </Toast.Viewport>
      </Toast.Portal>
    </Toast.Provider>
  );
};
