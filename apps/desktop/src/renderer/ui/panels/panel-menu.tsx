import { IconButton } from "@footlight/ui/button.tsx";
import { Menu, MenuChoice, MenuItem, MenuLine } from "@footlight/ui/menu.tsx";
import { Ellipsis } from "lucide-react";
import { useEffect } from "react";
import { close, detach, move, placeOf, type Target } from "../../../model/panels/layout.ts";
import { type DockName, type PanelId, panelKind } from "../../../model/panels/panels.ts";
import { usePanelDrag } from "./panel-drag.ts";
import { seenStacks, useChangeLayout, useFilled, useLayout } from "./use-layout.ts";

const DOCKS: { value: DockName; label: string }[] = [
  { value: "left", label: "Left of the stage" },
  { value: "right", label: "Right of the stage" },
  { value: "bottom", label: "Below the stage" },
];

/** All that can be done to a panel by dragging, and more, by keyboard. */
export const PanelMenu = ({ id }: { id: PanelId }) => {
  const layout = useLayout();
  const change = useChangeLayout();
  const filled = useFilled();
  const { title } = panelKind(id);
  const { dock, stack } = placeOf(layout, id);
  const inDock = seenStacks(layout, layout.docks[dock].stacks, filled);
  const at = inDock.findIndex((each) => each.stack.id === stack.id);
  const [before, own, after] = [inDock[at - 1], inDock[at], inDock[at + 1]];
  const others = (["left", "right", "bottom"] as const)
    .flatMap((name) => seenStacks(layout, layout.docks[name].stacks, filled))
    .filter((each) => each.stack.id !== stack.id);
  const { followed } = usePanelDrag();
  const buttonId = `arrange-${id}`;
  const put = (target: Target) => {
    followed.current = id;
    change((now) => move(now, id, target));
  };
  const beside = (stackId: string, as: "before" | "after") => () => put({ stackId, as });
  // biome-ignore lint/correctness/useExhaustiveDependencies: each new place is one, also where the menu stays the same
  useEffect(() => {
    if (followed.current !== id) return;
    followed.current = null;
    document.getElementById(buttonId)?.focus();
  }, [layout]);
  const runsDown = dock !== "bottom";
  return (
    <Menu
      trigger={
        <IconButton
          id={buttonId}
          label={`Arrange ${title}`}
          icon={Ellipsis}
          size="sm"
          className="panel-key"
        />
      }
    >
      <MenuChoice
        label="Place"
        choices={DOCKS}
        value={dock}
        onChange={(next) => put({ dock: next as DockName })}
      />
      <MenuLine />
      {before && (
        <MenuItem onClick={beside(before.stack.id, "before")}>
          Move {runsDown ? "up" : "to the left"}
        </MenuItem>
      )}
      {after && (
        <MenuItem onClick={beside(after.stack.id, "after")}>
          Move {runsDown ? "down" : "to the right"}
        </MenuItem>
      )}
      {own && own.panels.length > 1 && (
        <MenuItem onClick={beside(stack.id, "after")}>Out of the tabs</MenuItem>
      )}
      {others.map((each) => (
        <MenuItem key={each.stack.id} onClick={() => put({ stackId: each.stack.id, as: "tab" })}>
          A tab of {panelKind(each.active).title}
        </MenuItem>
      ))}
      <MenuLine />
      <MenuItem onClick={() => change((now) => detach(now, id))}>In a window of its own</MenuItem>
      <MenuItem onClick={() => change((now) => close(now, id))}>Close</MenuItem>
    </Menu>
  );
};
