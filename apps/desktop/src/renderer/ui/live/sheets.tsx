import { useStore } from "@footlight/ui/use-store.ts";
import { Settings } from "../settings/settings.tsx";
import { useStudio } from "../use-studio.ts";
import { GoLive } from "./go-live.tsx";
import { StreamWordsSheet } from "./stream-words.tsx";

/** What may be open over this window, be it the control room or a panel of its own. */
export const Sheets = () => {
  const studio = useStudio();
  const sheet = useStore(studio.sheet);
  const close = () => studio.sheet.set(null);
  switch (sheet) {
    case "live":
      return <GoLive onClose={close} />;
    case "settings":
      return <Settings onClose={close} />;
    case "words":
      return <StreamWordsSheet onClose={close} />;
    case null:
      return null;
  }
};
