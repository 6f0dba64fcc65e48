import {
  handOrder,
  isSilent,
  onStage,
  type Person,
  peopleOf,
  waiting,
} from "@footlight/realtime/stage/people.ts";
import type { ParticipantId, StageAction, StageState } from "@footlight/shared";
import { Avatar } from "@footlight/ui/avatar.tsx";
import { Badge } from "@footlight/ui/badge.tsx";
import { Button, IconButton } from "@footlight/ui/button.tsx";
import { Card } from "@footlight/ui/card.tsx";
import { Menu, MenuItem, MenuLine } from "@footlight/ui/menu.tsx";
import { useStore } from "@footlight/ui/use-store.ts";
import { useMutation } from "@tanstack/react-query";
import { EllipsisVertical, Hand, Mic, MicOff } from "lucide-react";
import { useTRPC } from "../../api/trpc.ts";
import type { StageSeat } from "./stage-seat.ts";
import { useFreshInvitations, useStageAction } from "./use-stage-action.ts";

type Act = (participantId: ParticipantId, action: StageAction) => void;

/** Who waits, who is on stage, who gets ready; and what the host does with them. */
export const PeopleCard = ({ seat }: { seat: StageSeat }) => {
  const trpc = useTRPC();
  const { stage } = useStore(seat.view);
  useFreshInvitations(stage);
  const mutation = useMutation(trpc.stage.act.mutationOptions(useStageAction()));
  const act: Act = (participantId, action) => mutation.mutate({ participantId, action });
  const people = stage === undefined ? [] : peopleOf(stage);
  const asking = waiting(people);
  const guests = onStage(people).filter(({ role }) => role !== "host");
  const preparing = people.filter(({ state }) => state === "green_room");
  return (
    <Card id="people" title="People" actions={<Badge>{guests.length + 1} on stage</Badge>}>
      <p role="status" className="sr-only">
        {asking.length > 0 ? `${asking.map(({ name }) => name).join(", ")} asking to enter` : ""}
      </p>
      {people.length <= 1 && <p className="field-hint">You are alone here. Invite somebody below.</p>}
      <Group title="Asking to enter" people={asking}>
        {(person) => (
          <div className="row">
            <Button size="sm" variant="primary" onClick={() => act(person.id, "admit")}>
              Admit<span className="sr-only"> {person.name}</span>
            </Button>
            <GuestMenu person={person} act={act} />
          </div>
        )}
      </Group>
      <Group title="On stage" people={guests}>
        {(person) => <OnStageActions person={person} stage={stage} act={act} />}
      </Group>
      <Group title="In the green room" people={preparing}>
        {(person) => <GuestMenu person={person} act={act} />}
      </Group>
    </Card>
  );
};

const Group = ({
  title,
  people,
  children,
}: {
  title: string;
  people: readonly Person[];
  children: (person: Person) => React.ReactNode;
}) => {
  if (people.length === 0) return null;
  return (
    <section className="people-group" aria-label={title}>
      <h3 className="people-title">{title}</h3>
      <ul>
        {people.map((person) => (
          <li key={person.id} className="person" data-testid="person" data-name={person.name}>
            <Avatar name={person.name} src={null} size="sm" />
            <span className="person-name">
              {person.name}
              <span className="person-note">{noteOf(person)}</span>
            </span>
            {children(person)}
          </li>
        ))}
      </ul>
    </section>
  );
};

const noteOf = (person: Person): string =>
  [
    person.username && `@${person.username}`,
    !person.online && "not connected",
    person.muted && "muted by you",
    person.hidden && "hidden from the audience",
    person.carry === "allowed" && "may co-stream",
    person.carry === "on" && "co-streaming",
    person.network === "poor" && "poor connection",
  ]
    .filter(Boolean)
    .join(" · ");

const OnStageActions = ({
  person,
  stage,
  act,
}: {
  person: Person;
  stage: StageState | undefined;
  act: Act;
}) => {
  const hand = stage && handOrder(peopleOf(stage), person.id);
  return (
    <div className="row person-actions">
      {hand !== undefined && (
        <IconButton
          size="sm"
          icon={Hand}
          className="mark-hand"
          label={`Lower ${person.name}’s hand`}
          extra={<span className="hand-order">{hand}</span>}
          onClick={() => act(person.id, "lower_hand")}
        />
      )}
      <IconButton
        size="sm"
        icon={isSilent(person) ? MicOff : Mic}
        aria-pressed={person.muted}
        label={`${person.muted ? "Unmute" : "Mute"} ${person.name}`}
        onClick={() => act(person.id, person.muted ? "unmute" : "mute")}
      />
      <GuestMenu person={person} act={act} />
    </div>
  );
};

const GuestMenu = ({ person, act }: { person: Person; act: Act }) => {
  const { id, name, state, hidden, carry, username } = person;
  return (
    <Menu trigger={<IconButton size="sm" icon={EllipsisVertical} label={`More about ${name}`} />}>
      {state === "green_room" && <MenuItem onClick={() => act(id, "admit")}>Put on stage</MenuItem>}
      {state !== "green_room" && <MenuItem onClick={() => act(id, "send_back")}>To the green room</MenuItem>}
      <MenuItem onClick={() => act(id, hidden ? "show" : "hide")}>
        {hidden ? "Show to the audience" : "Hide from the audience"}
      </MenuItem>
      {username !== null && carry === "no" && (
        <MenuItem onClick={() => act(id, "allow_carry")}>Offer to co-stream</MenuItem>
      )}
      {carry !== "no" && <MenuItem onClick={() => act(id, "end_carry")}>End co-streaming</MenuItem>}
      <MenuLine />
      <MenuItem onClick={() => act(id, "remove")}>Remove from the stage</MenuItem>
    </Menu>
  );
};
