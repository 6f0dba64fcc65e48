import { Button } from "@footlight/ui/button.tsx";
import { Menu, MenuItem } from "@footlight/ui/menu.tsx";
import { LayoutGrid } from "lucide-react";
import type { StagePerson } from "../../../contract/stage.ts";
import { type GuestLayout, layOutGuests } from "../../../model/guest-layout.ts";
import { newId } from "../../state/studio.ts";
import { useDocument, useEditedScene, useStudio, useTopic } from "../use-studio.ts";

interface Choice {
  readonly kind: GuestLayout;
  readonly name: string;
}
const SCREEN_SHARE: Choice = { kind: "screen_share", name: "The shared screen, people beside it" };
const LAYOUTS: readonly Choice[] = [
  { kind: "grid", name: "As a grid" },
  { kind: "side_by_side", name: "Side by side" },
  { kind: "spotlight", name: "One large, the others beside it" },
  { kind: "picture_in_picture", name: "In the corner of the first" },
];

/** Puts everybody who is on stage into the edited scene, as one step that can be taken back. */
export const LayOut = ({ people }: { people: readonly StagePerson[] }) => {
  const studio = useStudio();
  const document = useDocument();
  const scene = useEditedScene();
  const sizes = useTopic("sources");
  const seats = people.flatMap(({ seat }) => seat ?? []).sort((a, b) => a - b);
  const screens = people.flatMap(({ seat, sharesScreen }) => (seat !== null && sharesScreen ? [seat] : []));
  if (seats.length === 0) return null;
  const layouts = screens.length > 0 ? [SCREEN_SHARE, ...LAYOUTS] : LAYOUTS;
  const shown = new Set(
    scene.items.flatMap(({ sourceId }) => {
      const settings = document.sources[sourceId]?.settings;
      return settings?.kind === "guest" && settings.shows === "camera" ? [settings.seat] : [];
    }),
  );
  const missing = people.filter(({ seat }) => seat !== null && !shown.has(seat)).map(({ name }) => name);
  const sizeOf = (sourceId: string) => {
    const { width, height } = sizes?.[sourceId] ?? {};
    return width && height ? { width, height } : null;
  };
  const layOut = async (layout: GuestLayout) => {
    const gesture = newId();
    const wish = { scene, layout, seats, sizeOf, newId, ...(layout === "screen_share" && { screens }) };
    for (const command of layOutGuests(document, wish)) if (!(await studio.do(command, gesture))) return;
  };
  return (
    <div className="guests-lay-out">
      {missing.length > 0 && (
        <p className="field-hint" role="status">
          Not in this scene: {missing.join(", ")}
        </p>
      )}
      <Menu trigger={<Button icon={LayoutGrid}>Guests into this scene</Button>}>
        {layouts.map(({ kind, name }) => (
          <MenuItem key={kind} onClick={() => void layOut(kind)}>
            {name}
          </MenuItem>
        ))}
      </Menu>
    </div>
  );
};
