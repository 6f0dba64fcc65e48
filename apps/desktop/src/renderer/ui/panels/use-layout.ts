import { useCallback, useMemo, useSyncExternalStore } from "react";
import { isDocked, type Layout, type Stack } from "../../../model/panels/layout.ts";
import { PANEL_IDS, type PanelId } from "../../../model/panels/panels.ts";
import { useStudio, useTopic } from "../use-studio.ts";
import { panelParts } from "./registry.ts";

/** Where the panels are; inside the control room, which opens when it is known. */
export const useLayout = (): Layout => {
  const layout = useTopic("layout");
  if (!layout) throw new Error("no layout yet");
  return layout;
};

/** Asks main for another layout, made from the newest. */
export const useChangeLayout = (): ((how: (layout: Layout) => Layout) => void) => {
  const studio = useStudio();
  return useCallback(
    (how) => {
      const layout = studio.topics.layout.get();
      if (layout) void studio.ask("layout.change", how(layout));
    },
    [studio],
  );
};

/** Panels that have something to show at the moment. */
export const useFilled = (): ReadonlySet<PanelId> => {
  const studio = useStudio();
  const contents = useMemo(
    () => PANEL_IDS.map((id) => ({ id, content: panelParts[id].shownWith?.(studio) })),
    [studio],
  );
  const subscribe = useCallback(
    (listener: () => void) => {
      const ends = contents.map(({ content }) => content?.store.subscribe(listener));
      return () => {
        for (const end of ends) end?.();
      };
    },
    [contents],
  );
  const read = () =>
    contents
      .filter(({ content }) => content?.isThere() ?? true)
      .map(({ id }) => id)
      .join();
  const filled = useSyncExternalStore(subscribe, read);
  return useMemo(() => new Set(filled.split(",") as PanelId[]), [filled]);
};

export interface SeenStack {
  readonly stack: Stack;
  /** Its tabs. */
  readonly panels: readonly PanelId[];
  readonly active: PanelId;
}

/** What is seen of a dock's stacks: no closed or detached panels, and none alone that has nothing to show. */
export const seenStacks = (
  layout: Layout,
  stacks: readonly Stack[],
  filled: ReadonlySet<PanelId>,
): SeenStack[] =>
  stacks.flatMap((stack) => {
    const panels = stack.panels.filter((id) => isDocked(layout, id));
    const [first] = panels;
    if (first === undefined || (panels.length === 1 && !filled.has(first))) return [];
    return [{ stack, panels, active: panels.includes(stack.active) ? stack.active : first }];
  });
