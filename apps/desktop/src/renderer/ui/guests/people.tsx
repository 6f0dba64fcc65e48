import { Button, IconButton } from "@footlight/ui/button.tsx";
import { Menu, MenuItem, MenuLine } from "@footlight/ui/menu.tsx";
import { EllipsisVertical, Hand, Mic, MicOff, X } from "lucide-react";
import type { ReactNode } from "react";
import type { StagePerson } from "../../../contract/stage.ts";
import { personNotes } from "../../state/stage-words.ts";
import { useStudio } from "../use-studio.ts";
import { useStage } from "./use-stage.ts";

/** Who waits, who is on stage and who gets ready, and what is done with them. */
export const People = ({ people }: { people: readonly StagePerson[] }) => {
  const waiting = people.filter(({ state }) => state === "waiting");
  const guests = people.filter(({ state }) => state === "on_stage");
  const preparing = people.filter(({ state }) => state === "green_room");
  return (
    <>
      <p role="status" className="sr-only">
        {waiting.length > 0 ? `${waiting.map(({ name }) => name).join(", ")} asking to enter` : ""}
      </p>
      {people.length === 0 && <p className="field-hint">Nobody is here yet. Invite somebody.</p>}
      <Group
        title="Asking to enter"
        people={waiting}
        hint="You see and hear them once they are on stage: until then nothing of them is sent."
      >
        {(person) => <Waiting person={person} />}
      </Group>
      <Group title="On stage" people={guests}>
        {(person) => <OnStage person={person} />}
      </Group>
      <Group title="Getting ready" people={preparing}>
        {(person) => <MoreMenu person={person} />}
      </Group>
    </>
  );
};

const Group = ({
  title,
  people,
  hint,
  children,
}: {
  title: string;
  hint?: string;
  people: readonly StagePerson[];
  children: (person: StagePerson) => ReactNode;
}) => {
  if (people.length === 0) return null;
  return (
    <section aria-label={title}>
      <h3 className="guests-group">{title}</h3>
      {hint && <p className="field-hint">{hint}</p>}
      <ul className="rows">
        {people.map((person) => (
          <li
            key={person.id}
            className="row guest"
            data-name={person.name}
            data-speaks={person.speaks || undefined}
          >
            <span className="guest-name">
              <span className="row-name">{person.name}</span>
              <span className="guest-notes">{personNotes(person)}</span>
            </span>
            {children(person)}
          </li>
        ))}
      </ul>
    </section>
  );
};

const Waiting = ({ person }: { person: StagePerson }) => {
  const ask = useStage();
  const act = (action: "admit" | "send_back") => void ask("stage.act", { participantId: person.id, action });
  return (
    <>
      <Button size="sm" variant="primary" onClick={() => act("admit")}>
        Admit<span className="sr-only"> {person.name}</span>
      </Button>
      <IconButton size="sm" icon={X} label={`Not now, ${person.name}`} onClick={() => act("send_back")} />
    </>
  );
};

const OnStage = ({ person }: { person: StagePerson }) => {
  const ask = useStage();
  const { id, name, hand, muted, silent } = person;
  return (
    <>
      {hand !== null && (
        <IconButton
          size="sm"
          icon={Hand}
          className="guest-hand"
          label={`Lower ${name}’s hand, ${hand} in line`}
          onClick={() => void ask("stage.act", { participantId: id, action: "lower_hand" })}
        />
      )}
      <IconButton
        size="sm"
        icon={silent ? MicOff : Mic}
        aria-pressed={muted}
        label={`${muted ? "Unmute" : "Mute"} ${name}`}
        onClick={() => void ask("stage.act", { participantId: id, action: muted ? "unmute" : "mute" })}
      />
      <MoreMenu person={person} />
    </>
  );
};

const MoreMenu = ({ person }: { person: StagePerson }) => {
  const studio = useStudio();
  const ask = useStage();
  const { id, name, state, hidden, seat } = person;
  const act = (action: "admit" | "send_back" | "hide" | "show" | "remove") =>
    void ask("stage.act", { participantId: id, action });
  return (
    <Menu trigger={<IconButton size="sm" icon={EllipsisVertical} label={`More about ${name}`} />}>
      {state === "green_room" && <MenuItem onClick={() => act("admit")}>Put on stage</MenuItem>}
      {state === "on_stage" && (
        <MenuItem onClick={() => act("send_back")}>Off the stage, to get ready</MenuItem>
      )}
      <MenuItem onClick={() => act(hidden ? "show" : "hide")}>
        {hidden ? "Show to the audience" : "Hide from the audience"}
      </MenuItem>
      {seat !== null && seat > 1 && (
        <MenuItem onClick={() => void studio.ask("stage.seat", { participantId: id, seat: seat - 1 })}>
          Change places with guest {seat - 1}
        </MenuItem>
      )}
      <MenuLine />
      <MenuItem onClick={() => act("remove")}>Remove for good</MenuItem>
    </Menu>
  );
};
