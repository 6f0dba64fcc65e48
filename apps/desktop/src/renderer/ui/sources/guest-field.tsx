import { SelectField } from "@footlight/ui/select-field.tsx";
import { SEATS } from "../../../contract/stage.ts";
import type { SourceSettings } from "../../../model/document.ts";
import { guestName } from "../../../model/guest-layout.ts";
import { useTopic } from "../use-studio.ts";
import type { OnSettings } from "./source-form.tsx";

type GuestSettings = Extract<SourceSettings, { kind: "guest" }>;

/** Which place on the stage, and who sits there now. */
export const GuestField = ({ settings, onChange }: { settings: GuestSettings; onChange: OnSettings }) => {
  const stage = useTopic("stage");
  const people = stage?.state === "open" ? stage.people : [];
  const change = (what: Partial<GuestSettings>) => {
    const next = { ...settings, ...what };
    onChange(next, null, guestName(next));
  };
  const seats = Array.from({ length: SEATS }, (_, i) => i + 1);
  return (
    <>
      <SelectField
        label="Place on the stage"
        value={String(settings.seat)}
        options={seats.map((seat) => {
          const name = people.find((person) => person.seat === seat)?.name;
          return { value: String(seat), label: name ? `Guest ${seat}: ${name}` : `Guest ${seat}` };
        })}
        onChange={(seat) => change({ seat: Number(seat) })}
      />
      <div className="form-row">
        <SelectField
          label="Shows"
          value={settings.shows}
          options={[
            { value: "camera", label: "Their camera" },
            { value: "screen", label: "The screen they share" },
          ]}
          onChange={(shows) => change({ shows })}
        />
        <SelectField
          label="Name plate"
          value={settings.plate}
          options={[
            { value: "none", label: "None" },
            { value: "left", label: "At the left" },
            { value: "centre", label: "In the middle" },
          ]}
          onChange={(plate) => change({ plate })}
        />
      </div>
      <p className="field-hint">
        {settings.shows === "screen"
          ? "Nothing is seen as long as nobody there shares a screen. Its sound comes with their voice, by the source of their camera."
          : "Shows whoever sits there, this week and the next. Invite people under Guests."}
      </p>
    </>
  );
};
