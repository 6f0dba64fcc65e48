import { IconButton } from "@footlight/ui/button.tsx";
import { X } from "lucide-react";
import { newId } from "../../state/studio.ts";
import { kindWords } from "../../state/words.ts";
import { PictureFilters } from "../filters/picture-filters.tsx";
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
  if (items.length === 0) return null;
  return (
    <aside className="room-right panel inspector" aria-label="Selected source">
      <div className="panel-top">
        <h2 className="panel-title">
          {source ? kindWords(source.settings.kind) : `${items.length} sources`}
        </h2>
        <IconButton label="Select nothing" icon={X} size="sm" onClick={() => studio.select([])} />
      </div>
      <div className="panel-body form">
        {source && (
          <>
            <p className="inspector-name">{source.name}</p>
            <SourceForm
              kind={source.settings.kind}
              settings={source.settings}
              onChange={(settings, gesture) =>
                void studio.do({ kind: "source-settings", sourceId: source.id, settings }, gesture ?? newId())
              }
            />
          </>
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
    </aside>
  );
};
