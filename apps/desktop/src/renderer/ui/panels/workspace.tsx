import { type DragEvent, type ReactNode, useMemo, useRef, useState } from "react";
import { Group, Panel, Separator } from "react-resizable-panels";
import { detach, move, resizeDock } from "../../../model/panels/layout.ts";
import { type DockName, type PanelId, panelKind } from "../../../model/panels/panels.ts";
import { Dock } from "./dock.tsx";
import { PanelDragContext, usePanelDrag } from "./panel-drag.ts";
import { type SeenStack, seenStacks, useChangeLayout, useFilled, useLayout } from "./use-layout.ts";
import "./panels.css";

/** Sizes of docks that nobody has changed: per cent of the width, pixels of the height. */
const USUAL = { left: "17.2%", right: "20%", bottom: 156 } as const;
const STAGE_MINIMUM = { width: 320, height: 200 };

/** The stage with the panels around it; all of them may be moved by hand and by their menus. */
export const Workspace = ({ children }: { children: ReactNode }) => {
  const layout = useLayout();
  const change = useChangeLayout();
  const filled = useFilled();
  const [held, setHeld] = useState<PanelId | null>(null);
  const followed = useRef<PanelId>(null);
  const drag = useMemo(
    () => ({
      held,
      followed,
      begin: setHeld,
      end: (outside: boolean) => {
        setHeld(null);
        if (held !== null && outside) change((now) => detach(now, held));
      },
      drop: (target: Parameters<typeof move>[2]) => {
        setHeld(null);
        if (held !== null) change((now) => move(now, held, target));
      },
    }),
    [held, change],
  );
  const seen = (name: DockName) => seenStacks(layout, layout.docks[name].stacks, filled);
  const docks = { left: seen("left"), right: seen("right"), bottom: seen("bottom") };
  const sizes = (name: DockName) => ({
    defaultSize: layout.docks[name].size === null ? USUAL[name] : `${layout.docks[name].size}%`,
    minSize: minimumOf(docks[name], name),
    maxSize: "45%",
  });
  const keep = (shares: Readonly<Record<string, number>>, names: readonly DockName[]) =>
    change((now) =>
      names.reduce((kept, name) => {
        const size = shares[name];
        return size === undefined ? kept : resizeDock(kept, name, size);
      }, now),
    );
  return (
    <PanelDragContext value={drag}>
      <main className="workspace" aria-label="Stage and panels">
        <Group
          key={layout.generation}
          orientation="vertical"
          onLayoutChanged={(shares, { isUserInteraction }) => isUserInteraction && keep(shares, ["bottom"])}
        >
          <Panel id="upper" minSize={STAGE_MINIMUM.height}>
            <Group
              orientation="horizontal"
              onLayoutChanged={(shares, { isUserInteraction }) =>
                isUserInteraction && keep(shares, ["left", "right"])
              }
            >
              {docks.left.length > 0 && (
                <>
                  <Panel id="left" {...sizes("left")}>
                    <Dock name="left" seen={docks.left} />
                  </Panel>
                  <Separator className="splitter" aria-label="Divides the left panels and the stage" />
                </>
              )}
              <Panel id="stage" minSize={STAGE_MINIMUM.width}>
                <div className="workspace-stage">
                  {children}
                  {held !== null &&
                    (["left", "right", "bottom"] as const)
                      .filter((name) => docks[name].length === 0)
                      .map((name) => <EmptyDock key={name} name={name} />)}
                </div>
              </Panel>
              {docks.right.length > 0 && (
                <>
                  <Separator className="splitter" aria-label="Divides the stage and the right panels" />
                  <Panel id="right" {...sizes("right")}>
                    <Dock name="right" seen={docks.right} />
                  </Panel>
                </>
              )}
            </Group>
          </Panel>
          {docks.bottom.length > 0 && (
            <>
              <Separator className="splitter" aria-label="Divides the stage and the lower panels" />
              <Panel id="bottom" groupResizeBehavior="preserve-pixel-size" {...sizes("bottom")}>
                <Dock name="bottom" seen={docks.bottom} />
              </Panel>
            </>
          )}
        </Group>
      </main>
    </PanelDragContext>
  );
};

/** The edge of the stage where a panel may be let go though nothing is there yet. */
const EmptyDock = ({ name }: { name: DockName }) => {
  const { drop } = usePanelDrag();
  const [over, setOver] = useState(false);
  return (
    // biome-ignore lint/a11y/noStaticElementInteractions: what can be dropped here can be put here by the panel's menu
    <div
      className="dock-empty"
      data-dock={name}
      data-over={over || undefined}
      onDragOver={(event: DragEvent) => {
        event.preventDefault();
        setOver(true);
      }}
      onDragLeave={() => setOver(false)}
      onDrop={(event: DragEvent) => {
        event.preventDefault();
        drop({ dock: name });
      }}
    />
  );
};

const minimumOf = (seen: readonly SeenStack[], name: DockName): number =>
  Math.max(
    120,
    ...seen.flatMap(({ panels }) =>
      panels.map((id) => panelKind(id).minimum[name === "bottom" ? "height" : "width"]),
    ),
  );
