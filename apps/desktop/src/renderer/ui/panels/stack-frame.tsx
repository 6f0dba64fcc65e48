import { Tabs } from "@base-ui/react/tabs";
import { type DragEvent, useState } from "react";
import { show, type Target } from "../../../model/panels/layout.ts";
import { type DockName, type PanelId, panelKind } from "../../../model/panels/panels.ts";
import { dropAs } from "./drop-place.ts";
import { usePanelDrag } from "./panel-drag.ts";
import { PanelMenu } from "./panel-menu.tsx";
import { ToolPlace } from "./panel-tools.tsx";
import { panelParts } from "./registry.ts";
import { type SeenStack, useChangeLayout } from "./use-layout.ts";

type Beside = Extract<Target, { stackId: string }>["as"];

/** One panel, or several as tabs, with the header that they are taken hold of by. */
export const StackFrame = ({ dock, seen }: { dock: DockName; seen: SeenStack }) => {
  const { stack, panels, active } = seen;
  const change = useChangeLayout();
  const [tools, setTools] = useState<HTMLElement | null>(null);
  const drag = usePanelDrag();
  const drop = useDrop(dock, stack.id);
  const { title } = panelKind(active);
  const { Body } = panelParts[active];
  const body = (
    <ToolPlace value={tools}>
      <Body />
    </ToolPlace>
  );
  const hold = (id: PanelId) => ({
    draggable: true,
    onDragStart: (event: DragEvent<HTMLElement>) => {
      event.stopPropagation();
      event.dataTransfer.effectAllowed = "move";
      event.dataTransfer.setData("application/x-footlight-panel", id);
      drag.begin(id);
    },
    onDragEnd: (event: DragEvent<HTMLElement>) => drag.end(isOutside(event)),
  });
  const keys = (
    <>
      <span className="panel-tools" ref={setTools} />
      <PanelMenu id={active} />
    </>
  );
  return (
    <section className="panel" aria-label={title} data-panel={active} data-drop={drop.as} {...drop.handlers}>
      {panels.length === 1 ? (
        <>
          <div className="panel-top" {...hold(active)}>
            <h2 className="panel-title">{title}</h2>
            {keys}
          </div>
          {body}
        </>
      ) : (
        <Tabs.Root
          value={active}
          onValueChange={(id: PanelId) => change((layout) => show(layout, id))}
          className="panel-stack"
        >
          <div className="panel-top" {...hold(active)}>
            <Tabs.List activateOnFocus className="panel-tabs" aria-label={`Panels beside ${title}`}>
              {panels.map((id) => (
                <Tabs.Tab key={id} value={id} className="panel-tab panel-title" {...hold(id)}>
                  {panelKind(id).title}
                </Tabs.Tab>
              ))}
            </Tabs.List>
            {keys}
          </div>
          <Tabs.Panel value={active} className="panel-tab-body">
            {body}
          </Tabs.Panel>
        </Tabs.Root>
      )}
    </section>
  );
};

/** Where over this stack the held panel is, and what happens when it is let go there. */
const useDrop = (dock: DockName, stackId: string) => {
  const { held, drop } = usePanelDrag();
  const [over, setOver] = useState<Beside | null>(null);
  if (held === null) return { as: undefined, handlers: {} };
  const place = (event: DragEvent<HTMLElement>) =>
    dropAs(
      event.currentTarget.getBoundingClientRect(),
      { x: event.clientX, y: event.clientY },
      dock === "bottom" ? "right" : "down",
    );
  const handlers = {
    onDragOver: (event: DragEvent<HTMLElement>) => {
      event.preventDefault();
      setOver(place(event));
    },
    onDragLeave: (event: DragEvent<HTMLElement>) => {
      const into = event.relatedTarget;
      if (!(into instanceof Node) || !event.currentTarget.contains(into)) setOver(null);
    },
    onDrop: (event: DragEvent<HTMLElement>) => {
      event.preventDefault();
      setOver(null);
      drop({ stackId, as: place(event) });
    },
  };
  return { as: over === null ? undefined : `${over} ${dock === "bottom" ? "right" : "down"}`, handlers };
};

const isOutside = ({ clientX, clientY, dataTransfer }: DragEvent<HTMLElement>): boolean =>
  dataTransfer.dropEffect === "none" &&
  (clientX < 0 || clientY < 0 || clientX > window.innerWidth || clientY > window.innerHeight);
