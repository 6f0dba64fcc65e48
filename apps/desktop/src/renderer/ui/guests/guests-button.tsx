import { IconButton } from "@footlight/ui/button.tsx";
import { countOf } from "@footlight/ui/format.ts";
import { UsersRound } from "lucide-react";
import { close, isDocked, show } from "../../../model/panels/layout.ts";
import { useChangeLayout, useLayout } from "../panels/use-layout.ts";
import { useTopic } from "../use-studio.ts";
import "./guests.css";

/** Opens and closes the panel of guests, and tells how many ask to enter. */
export const GuestsButton = () => {
  const layout = useLayout();
  const change = useChangeLayout();
  const stage = useTopic("stage");
  const people = stage?.state === "open" ? stage.people : [];
  const waiting = people.filter(({ state }) => state === "waiting").length;
  const isShown = isDocked(layout, "guests");
  return (
    <IconButton
      label={waiting > 0 ? `Guests, ${countOf(waiting, "person", "people")} asking to enter` : "Guests"}
      icon={UsersRound}
      size="sm"
      className="guests-button"
      aria-pressed={isShown}
      extra={waiting > 0 && <span className="guests-waiting">{waiting}</span>}
      onClick={() => change((now) => (isDocked(now, "guests") ? close(now, "guests") : show(now, "guests")))}
    />
  );
};
