import { ConfirmDialog } from "@footlight/ui/dialog.tsx";
import type { ReactElement } from "react";
import { useStudio } from "../use-studio.ts";

export const EndDialog = ({ trigger }: { trigger: ReactElement }) => {
  const studio = useStudio();
  return (
    <ConfirmDialog
      trigger={trigger}
      title="End the broadcast?"
      confirm="End broadcast"
      onConfirm={() => void studio.ask("broadcast.stop", undefined)}
    >
      <p>Viewers on every target see that the broadcast is over. A recording goes on until you stop it.</p>
    </ConfirmDialog>
  );
};
