import { SelectField } from "@footlight/ui/select-field.tsx";
import { SEATS } from "../../../contract/stage.ts";
import type { SourceSettings } from "../../../model/document.ts";
import { useTopic } from "../use-studio.ts";
import type { OnSettings } from "./source-form.tsx";

/** Which place on the stage, and who sits there now. */
export const GuestField = ({
  settings,
  onChange,
}: {
  settings: Extract<SourceSettings, { kind: "guest" }>;
  onChange: OnSettings;
}) => {
  const stage = useTopic("stage");
  const people = stage?.state === "open" ? stage.people : [];
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
        onChange={(seat) => onChange({ kind: "guest", seat: Number(seat) }, null, `Guest ${seat}`)}
      />
      <p className="field-hint">
        Shows whoever sits there, this week and the next. Invite people under Guests.
      </p>
    </>
  );
};
