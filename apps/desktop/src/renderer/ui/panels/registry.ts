import type { Store } from "@footlight/ui/store.ts";
import type { ComponentType } from "react";
import type { PanelId } from "../../../model/panels/panels.ts";
import type { Studio } from "../../state/studio.ts";
import { GuestsPanel } from "../guests/guests-panel.tsx";
import { Inspector } from "../inspector/inspector.tsx";
import { AudiencePanel } from "../live/audience-panel.tsx";
import { StatsPanel } from "../live/stats-panel.tsx";
import { Mixer } from "../mixer/mixer.tsx";
import { SceneList } from "../scenes/scene-list.tsx";
import { SourceList } from "../sources/source-list.tsx";

interface PanelParts {
  /** Fills what it is given; its keys for the header go into `PanelTools`. */
  readonly Body: ComponentType;
  /** Where it stands alone, it takes room only when it has something to show. */
  readonly shownWith?: (studio: Studio) => Content;
}

interface Content {
  readonly store: Pick<Store<unknown>, "subscribe">;
  readonly isThere: () => boolean;
}

/** What each panel (model/panels/panels.ts) is made of. */
export const panelParts: Readonly<Record<PanelId, PanelParts>> = {
  scenes: { Body: SceneList },
  sources: { Body: SourceList },
  audience: {
    Body: AudiencePanel,
    shownWith: ({ topics: { audience } }) => ({ store: audience, isThere: () => audience.get() !== null }),
  },
  guests: { Body: GuestsPanel },
  mixer: { Body: Mixer },
  properties: {
    Body: Inspector,
    shownWith: ({ selection }) => ({ store: selection, isThere: () => selection.get().length > 0 }),
  },
  stats: { Body: StatsPanel },
};
