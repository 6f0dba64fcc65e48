import { IconButton } from "@footlight/ui/button.tsx";
import { X } from "lucide-react";
import { newId } from "../../state/studio.ts";
import { kindWords } from "../../state/words.ts";
import { PictureFilters } from "../filters/picture-filters.tsx";
import { PanelTools } from "../panels/panel-tools.tsx";
import { SourceForm } from "../sources/source-form.tsx";
import { useDocument, useEditedScene, useSelection, useStudio } from "../use-studio.ts";
import { PlaceForm } from "./place-form.tsx";
import "./inspector.css";

/** What is selected, in figures and settings. */
export const Inspector = () => {
  const studio = useStudio();
  const { sources } = useDocument();
  const scene = useEditedScene();
  const selected = useSelection();
  const items = scene.items.filter((item) => selected.includes(item.id));
  const source = items.length === 1 ? sources[items[0]?.sourceId ?? ""] : undefined;
  if (items.length === 0)
    return (
      <p className="panel-body field-hint">Select a source on the stage or in the list to see it here.</p>
    );
  return (
    <>
      <PanelTools>
        <IconButton label="Select nothing" icon={X} size="sm" onClick={() => studio.select([])} />
      </PanelTools>
      <div className="panel-body form inspector">
        <p className="inspector-name">
          {source ? source.name : `${items.length} sources`}
          {source && <span className="inspector-kind">{kindWords(source.settings.kind)}</span>}
        </p>
        {source && (
          <SourceForm
            kind={source.settings.kind}
            settings={source.settings}
            sourceId={source.id}
            onChange={(settings, gesture) =>
              void studio.do({ kind: "source-settings", sourceId: source.id, settings }, gesture ?? newId())
            }
          />
        )}
        <PlaceForm items={items} />
        {source && (
          <PictureFilters
            filters={source.filters}
            onChange={(filters, gesture) =>
              void studio.do({ kind: "source-filters", sourceId: source.id, filters }, gesture)
            }
          />
        )}
      </div>
    </>
  );
};
