import { Button } from "@footlight/ui/button.tsx";
import { SelectField } from "@footlight/ui/select-field.tsx";
import { useStore } from "@footlight/ui/use-store.ts";
import { MonitorOff } from "lucide-react";
import type { FirstRun } from "../../state/set-up/first-run.ts";
import { noScreenWords, systemOf } from "../../state/set-up/words.ts";

const NONE = "";

/** Which display is shown, by what stands on it now; it is looked at only when asked for. */
export const ScreenChoice = ({ model }: { model: FirstRun }) => {
  const { displays, displayId } = useStore(model.choices);
  const chosen = displays?.find(({ id }) => id === displayId);
  const refused = displays !== null && displays.length === 0;
  return (
    <>
      {chosen ? (
        <div className="device-picture">
          <img src={chosen.thumbnail} alt="Your screen a moment ago" />
          <p className="device-on">
            Screen, {chosen.width} × {chosen.height}
          </p>
        </div>
      ) : (
        <div className="device-picture device-nothing">
          <MonitorOff aria-hidden size={28} />
          <p role="status">
            {refused ? noScreenWords(systemOf(navigator.platform)) : "Your screen is not shown."}
          </p>
          <Button size="sm" onClick={() => void model.lookForDisplays()}>
            {refused ? "Look again" : "Show my screen"}
          </Button>
        </div>
      )}
      <SelectField
        label="Screen"
        value={displayId ?? NONE}
        options={[
          { value: NONE, label: "No screen" },
          ...(displays ?? []).map(({ id, name }) => ({ value: id, label: name })),
        ]}
        onChange={(id) => model.chooseDisplay(id === NONE ? null : id)}
      />
    </>
  );
};
