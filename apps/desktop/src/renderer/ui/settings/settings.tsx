import { Tabs } from "@footlight/ui/tabs.tsx";
import type { StudioSettings } from "../../../contract/studio-topics.ts";
import { Modal } from "../parts/modal.tsx";
import { useStudio, useTopic } from "../use-studio.ts";
import { AccountPane } from "./account-pane.tsx";
import { HotkeysPane } from "./hotkeys-pane.tsx";
import { RecordingPane } from "./recording-pane.tsx";
import { RemotePane } from "./remote-pane.tsx";
import { ScenesPane } from "./scenes-pane.tsx";
import { TargetsPane } from "./targets-pane.tsx";
import { VideoPane } from "./video-pane.tsx";
import "./settings.css";

export type ChangeSettings = (part: Partial<StudioSettings>) => void;

/** Everything takes effect at once; what a running broadcast cannot take says so. */
export const Settings = ({ onClose }: { onClose: () => void }) => {
  const studio = useStudio();
  const settings = useTopic("settings");
  const change: ChangeSettings = (part) => void studio.ask("settings.change", part);
  if (!settings) return null;
  return (
    <Modal title="Settings" size="lg" onClose={onClose}>
      <div className="settings">
        <Tabs
          label="Settings"
          tabs={[
            { value: "targets", label: "Targets", content: <TargetsPane /> },
            { value: "account", label: "Server", content: <AccountPane /> },
            { value: "video", label: "Picture and sound", content: <VideoPane {...{ settings, change }} /> },
            { value: "recording", label: "Recording", content: <RecordingPane {...{ settings, change }} /> },
            { value: "hotkeys", label: "Hotkeys", content: <HotkeysPane /> },
            { value: "scenes", label: "Scenes", content: <ScenesPane {...{ settings, change }} /> },
            { value: "remote", label: "Remote control", content: <RemotePane {...{ settings, change }} /> },
          ]}
        />
      </div>
    </Modal>
  );
};
