import { Button } from "@footlight/ui/button.tsx";
import { Notice } from "@footlight/ui/notice.tsx";
import type { Studio } from "../../state/studio.ts";
import type { Trouble } from "../../state/troubles.ts";
import { useStudio } from "../use-studio.ts";

/** One trouble: its cause, its remedy, and the button that does it. */
export const TroubleNotice = ({ trouble }: { trouble: Trouble }) => (
  <Notice
    tone={trouble.tone}
    title={trouble.words}
    {...(trouble.button && { actions: <TroubleMend trouble={trouble} /> })}
  >
    <p>{trouble.remedy}</p>
  </Notice>
);

export const TroubleMend = ({ trouble: { button } }: { trouble: Trouble }) => {
  const studio = useStudio();
  if (!button) return null;
  return (
    <Button size="sm" onClick={() => mend(studio, button)}>
      {button.label}
    </Button>
  );
};

function mend(studio: Studio, button: NonNullable<Trouble["button"]>): void {
  switch (button.act) {
    case "restart-processes":
      void studio.ask("processes.try-again", undefined);
      return;
    case "restart-target":
      void studio.ask("targets.try-again", { id: button.id });
      return;
    case "open-settings":
      studio.sheet.set("settings");
      return;
    case "video": {
      const video = studio.topics.settings.get()?.video;
      if (!video) return;
      void studio.ask("settings.change", { video: { ...video, ...button.change } });
      studio.say("Set; it counts from your next broadcast");
    }
  }
}
