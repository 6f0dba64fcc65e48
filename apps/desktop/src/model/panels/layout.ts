import { z } from "zod";
import { type DockName, isPanelId, PANEL_IDS, type PanelId, panelKind } from "./panels.ts";

/** Panels that share one place, as tabs. */
const stackOf = <I extends z.ZodType<string>>(id: I) =>
  z.object({ id: z.string(), panels: z.array(id), active: id, share: z.number().positive() });
/** Stacks beside each other along one edge of the stage; `size` is per cent of the window, null the usual. */
const dockOf = <I extends z.ZodType<string>>(id: I) =>
  z.object({ size: z.number().min(1).max(90).nullable(), stacks: z.array(stackOf(id)) });
const layoutOf = <I extends z.ZodType<string>>(id: I) =>
  z.object({
    version: z.literal(1),
    /** Grows when the layout is set back, so that splitters begin anew. */
    generation: z.number().int(),
    docks: z.object({ left: dockOf(id), right: dockOf(id), bottom: dockOf(id) }),
    /** These keep their place in a dock, for when they come back. */
    closed: z.array(id),
    detached: z.array(id),
  });

/** Where the panels of the control window are. Every panel is in exactly one stack, seen or not. */
export const layoutSchema = layoutOf(z.enum(PANEL_IDS));
export type Layout = z.infer<typeof layoutSchema>;
export type Stack = Layout["docks"]["left"]["stacks"][number];

const DOCKS: readonly DockName[] = ["left", "right", "bottom"];
const unreadSchema = layoutOf(z.string());

const EMPTY: Layout = {
  version: 1,
  generation: 0,
  docks: { left: nothing(), right: nothing(), bottom: nothing() },
  closed: [],
  detached: [],
};
function nothing(): Layout["docks"]["left"] {
  return { size: null, stacks: [] };
}

/** A layout as somebody kept it: panels that do not exist (any more) are left out, those that it lacks stand where they do at first. */
export function readLayout(read: unknown): Layout {
  const parsed = unreadSchema.safeParse(read);
  if (!parsed.success) return completed(EMPTY);
  const seen = new Set<PanelId>();
  const known = (ids: readonly string[]) => ids.filter(isPanelId);
  const dock = ({ size, stacks }: z.infer<typeof unreadSchema>["docks"]["left"]) => ({
    size,
    stacks: stacks.flatMap(({ id, panels, active, share }) => {
      const own = known(panels).filter((panel) => !seen.has(panel) && seen.add(panel));
      const first = own[0];
      if (first === undefined) return [];
      return [{ id, panels: own, active: own.find((panel) => panel === active) ?? first, share }];
    }),
  });
  const { generation, docks, closed, detached } = parsed.data;
  return completed({
    version: 1,
    generation,
    docks: { left: dock(docks.left), right: dock(docks.right), bottom: dock(docks.bottom) },
    closed: known(closed),
    detached: known(detached),
  });
}

export const defaultLayout = (): Layout => completed(EMPTY);

/** Back to how it is at first, with splitters too. */
export const resetLayout = (layout: Layout): Layout => ({
  ...defaultLayout(),
  generation: layout.generation + 1,
});

/** Is it seen in the control window, as far as the layout goes? */
export const isDocked = (layout: Layout, id: PanelId): boolean =>
  !layout.closed.includes(id) && !layout.detached.includes(id);

export const placeOf = (layout: Layout, id: PanelId): { readonly dock: DockName; readonly stack: Stack } => {
  for (const dock of DOCKS)
    for (const stack of layout.docks[dock].stacks) if (stack.panels.includes(id)) return { dock, stack };
  throw new Error(`${id} is in no dock`);
};

/** Its tab to the front; a closed one is opened. */
export const show = (layout: Layout, id: PanelId): Layout => activate(without(layout, "closed", id), id);
export const close = (layout: Layout, id: PanelId): Layout => ({
  ...without(layout, "detached", id),
  closed: [...new Set([...layout.closed, id])],
});
/** Into a window of its own. */
export const detach = (layout: Layout, id: PanelId): Layout => ({
  ...without(layout, "closed", id),
  detached: [...new Set([...layout.detached, id])],
});
export const attach = (layout: Layout, id: PanelId): Layout => activate(without(layout, "detached", id), id);

/** Where a panel is put: at the end of a dock, or beside or into a stack. */
export type Target =
  | { readonly dock: DockName }
  | { readonly stackId: string; readonly as: "tab" | "before" | "after" };

/** Moves a panel, which is then seen. A stack that it was alone in, and a target that is gone, change nothing else. */
export function move(layout: Layout, id: PanelId, target: Target): Layout {
  const from = placeOf(layout, id);
  const alone = from.stack.panels.length === 1;
  if ("stackId" in target && target.stackId === from.stack.id && (alone || target.as === "tab"))
    return show(attach(layout, id), id);
  const dock = "dock" in target ? target.dock : dockWith(layout, target.stackId);
  if (dock === undefined) return layout;
  const taken = mapStacks(layout, (stack) => {
    if (!stack.panels.includes(id)) return [stack];
    const panels = stack.panels.filter((panel) => panel !== id);
    const [first] = panels;
    return first === undefined
      ? []
      : [{ ...stack, panels, active: stack.active === id ? first : stack.active }];
  });
  const fresh = {
    id: freshStackId(layout),
    panels: [id],
    active: id,
    share: usualShare(taken.docks[dock].stacks, id),
  };
  const put =
    "dock" in target
      ? withStacks(taken, dock, [...taken.docks[dock].stacks, fresh])
      : mapStacks(taken, (stack) => {
          if (stack.id !== target.stackId) return [stack];
          if (target.as === "tab") return [{ ...stack, panels: [...stack.panels, id] }];
          return target.as === "before" ? [fresh, stack] : [stack, fresh];
        });
  return show(attach(put, id), id);
}

/** As splitters left them: per cent of the window for docks, of a dock's length for stacks. */
export const resizeDock = (layout: Layout, dock: DockName, size: number): Layout => ({
  ...layout,
  docks: { ...layout.docks, [dock]: { ...layout.docks[dock], size } },
});
export const shareOut = (layout: Layout, shares: Readonly<Record<string, number>>): Layout =>
  mapStacks(layout, (stack) => [{ ...stack, share: shares[stack.id] ?? stack.share }]);

function completed(layout: Layout): Layout {
  let whole = layout;
  for (const id of PANEL_IDS) {
    if (DOCKS.some((dock) => whole.docks[dock].stacks.some(({ panels }) => panels.includes(id)))) continue;
    const { dock, tabOf, closed, share } = panelKind(id);
    const beside = isPanelId(tabOf) ? placeOf(whole, tabOf) : undefined;
    whole = beside
      ? mapStacks(whole, (stack) =>
          stack.id === beside.stack.id ? [{ ...stack, panels: [...stack.panels, id] }] : [stack],
        )
      : withStacks(whole, dock, [
          ...whole.docks[dock].stacks,
          {
            id: freshStackId(whole),
            panels: [id],
            active: id,
            share: besideOthers(whole.docks[dock].stacks) * share,
          },
        ]);
    if (closed === true) whole = { ...whole, closed: [...whole.closed, id] };
  }
  return whole;
}

/** As much as its neighbours have between them; alone in its dock it has all of it anyway. */
const usualShare = (stacks: readonly Stack[], id: PanelId): number =>
  stacks.length === 0
    ? panelKind(id).share
    : stacks.reduce((sum, stack) => sum + stack.share, 0) / stacks.length;

/** Splitters count in per cent, a fresh layout in small numbers: what one of these is worth among the stacks of a dock. */
const besideOthers = (stacks: readonly Stack[]): number => {
  const usual = stacks.reduce((sum, { panels: [first] }) => sum + (first ? panelKind(first).share : 0), 0);
  return usual === 0 ? 1 : stacks.reduce((sum, { share }) => sum + share, 0) / usual;
};

const activate = (layout: Layout, id: PanelId): Layout =>
  mapStacks(layout, (stack) => [stack.panels.includes(id) ? { ...stack, active: id } : stack]);

const without = (layout: Layout, list: "closed" | "detached", id: PanelId): Layout => ({
  ...layout,
  [list]: layout[list].filter((each) => each !== id),
});

const withStacks = (layout: Layout, dock: DockName, stacks: Stack[]): Layout => ({
  ...layout,
  docks: { ...layout.docks, [dock]: { ...layout.docks[dock], stacks } },
});

const mapStacks = (layout: Layout, map: (stack: Stack) => Stack[]): Layout =>
  DOCKS.reduce((mapped, dock) => withStacks(mapped, dock, mapped.docks[dock].stacks.flatMap(map)), layout);

const dockWith = (layout: Layout, stackId: string): DockName | undefined =>
  DOCKS.find((dock) => layout.docks[dock].stacks.some(({ id }) => id === stackId));

function freshStackId(layout: Layout): string {
  const taken = new Set(DOCKS.flatMap((dock) => layout.docks[dock].stacks.map(({ id }) => id)));
  let number = taken.size + 1;
  while (taken.has(`stack-${number}`)) number++;
  return `stack-${number}`;
}
