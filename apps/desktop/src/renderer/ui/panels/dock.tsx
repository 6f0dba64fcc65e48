import { Fragment } from "react";
import { Group, Panel, Separator } from "react-resizable-panels";
import { shareOut } from "../../../model/panels/layout.ts";
import { type DockName, panelKind } from "../../../model/panels/panels.ts";
import { StackFrame } from "./stack-frame.tsx";
import { type SeenStack, useChangeLayout } from "./use-layout.ts";

/** Stacks along one edge of the stage, with splitters between them. */
export const Dock = ({ name, seen }: { name: DockName; seen: readonly SeenStack[] }) => {
  const change = useChangeLayout();
  const all = seen.reduce((sum, { stack }) => sum + stack.share, 0);
  const runsDown = name !== "bottom";
  return (
    <Group
      id={`dock-${name}`}
      className="dock"
      orientation={runsDown ? "vertical" : "horizontal"}
      onLayoutChanged={(shares, { isUserInteraction }) => {
        if (isUserInteraction) change((layout) => shareOut(layout, shares));
      }}
    >
      {seen.map(({ stack, panels, active }, at) => (
        <Fragment key={stack.id}>
          {at > 0 && (
            <Separator
              className="splitter"
              aria-label={`Divides ${panelKind(seen[at - 1]?.active ?? active).title} and ${panelKind(active).title}`}
            />
          )}
          <Panel
            id={stack.id}
            defaultSize={`${(100 * stack.share) / all}%`}
            minSize={Math.max(...panels.map((id) => panelKind(id).minimum[runsDown ? "height" : "width"]))}
          >
            <StackFrame dock={name} seen={{ stack, panels, active }} />
          </Panel>
        </Fragment>
      ))}
    </Group>
  );
};
