export type DockName = "left" | "right" | "bottom";

interface PanelKind {
  readonly id: string;
  readonly title: string;
  /** Where it stands in a fresh layout. */
  readonly dock: DockName;
  /** In a fresh layout a tab beside this one, behind it. */
  readonly tabOf?: string;
  /** Not shown in a fresh layout; the View menu has it. */
  readonly closed?: boolean;
  /** How much of its dock's length it takes, against its neighbours. */
  readonly share: number;
  /** In CSS pixels, its header included: no splitter makes it smaller. */
  readonly minimum: { readonly width: number; readonly height: number };
  /** As a window of its own. */
  readonly window: { readonly width: number; readonly height: number };
}

/**
 * What the control window is made of beside the stage, in the order of menus and of fresh docks. A panel is a row here
 * and its component in renderer/ui/panels/registry.ts.
 */
export const panels = [
  {
    id: "scenes",
    title: "Scenes",
    dock: "left",
    share: 2,
    minimum: { width: 208, height: 96 },
    window: { width: 300, height: 420 },
  },
  {
    id: "sources",
    title: "Sources",
    dock: "left",
    share: 3,
    minimum: { width: 208, height: 110 },
    window: { width: 320, height: 480 },
  },
  {
    id: "audience",
    title: "Audience",
    dock: "left",
    share: 2,
    minimum: { width: 208, height: 90 },
    window: { width: 320, height: 360 },
  },
  {
    id: "mixer",
    title: "Mixer",
    dock: "bottom",
    share: 1,
    minimum: { width: 240, height: 110 },
    window: { width: 900, height: 260 },
  },
  {
    id: "properties",
    title: "Properties",
    dock: "right",
    share: 2,
    minimum: { width: 240, height: 160 },
    window: { width: 360, height: 640 },
  },
  {
    id: "guests",
    title: "Guests",
    dock: "right",
    closed: true,
    share: 2,
    minimum: { width: 240, height: 160 },
    window: { width: 360, height: 640 },
  },
  {
    id: "stats",
    title: "Stats",
    dock: "right",
    tabOf: "guests",
    closed: true,
    share: 2,
    minimum: { width: 220, height: 120 },
    window: { width: 340, height: 560 },
  },
] as const satisfies readonly PanelKind[];

export type PanelId = (typeof panels)[number]["id"];
export const PANEL_IDS = panels.map(({ id }) => id) as [PanelId, ...PanelId[]];

export const panelKind = (id: PanelId): PanelKind & { readonly id: PanelId } => {
  const kind = panels.find((each) => each.id === id);
  if (kind === undefined) throw new Error(`no panel ${id}`);
  return kind;
};

export const isPanelId = (id: unknown): id is PanelId => PANEL_IDS.some((each) => each === id);
