import { IconButton } from "@footlight/ui/button.tsx";
import { Menu, MenuItem } from "@footlight/ui/menu.tsx";
import { Eye, EyeOff, Lock, LockOpen, Plus } from "lucide-react";
import { type KeyboardEvent, type MouseEvent, useEffect, useState } from "react";
import type { Item, SourceKind } from "../../../model/document.ts";
import { sourceTrouble } from "../../state/source-words.ts";
import { kindWords } from "../../state/words.ts";
import { PanelTools } from "../panels/panel-tools.tsx";
import { ContextMenu } from "../parts/context-menu.tsx";
import { NameInput } from "../parts/inline-name.tsx";
import { useReorder } from "../parts/use-reorder.ts";
import { ItemMenu } from "../stage/item-menu.tsx";
import { useDocument, useEditedScene, useSelection, useStudio, useTopic } from "../use-studio.ts";
import { ADDABLE, AddSource } from "./add-source.tsx";
import { SOURCE_ICONS } from "./source-icon.ts";
import "../parts/row-list.css";

/** What the edited scene shows, the topmost first. */
export const SourceList = () => {
  const studio = useStudio();
  const scene = useEditedScene();
  const [adding, setAdding] = useState<SourceKind | null>(null);
  const [renaming, setRenaming] = useState<string | null>(null);
  const hears = useDesktopSound();
  const shown = scene.items.toReversed();
  const dragOf = useReorder(
    shown.map((item) => item.id),
    (itemId, index) =>
      void studio.do({
        kind: "item-move",
        sceneId: scene.id,
        itemId,
        index: scene.items.length - 1 - index,
      }),
  );
  return (
    <>
      <PanelTools>
        <Menu trigger={<IconButton label="Add source" icon={Plus} size="sm" />}>
          {ADDABLE.filter((kind) => hears || kind !== "desktop-audio").map((kind) => {
            const Icon = SOURCE_ICONS[kind];
            return (
              <MenuItem key={kind} onClick={() => setAdding(kind)}>
                <Icon size={16} aria-hidden />
                {kindWords(kind)}
              </MenuItem>
            );
          })}
        </Menu>
      </PanelTools>
      {shown.length === 0 ? (
        <p className="panel-body field-hint">Nothing in this scene yet. Add a source with +.</p>
      ) : (
        <ul className="panel-body rows" aria-label="Sources">
          {shown.map((item) => (
            <SourceRow
              key={item.id}
              item={item}
              drag={renaming === item.id ? {} : dragOf(item.id)}
              renaming={renaming === item.id}
              onRename={(on) => setRenaming(on ? item.id : null)}
            />
          ))}
        </ul>
      )}
      {adding && <AddSource kind={adding} onClose={() => setAdding(null)} />}
    </>
  );
};

/** Whether the system gives what it plays to the studio; a sound server may come and go. */
const useDesktopSound = (): boolean => {
  const studio = useStudio();
  const [hears, setHears] = useState(false);
  useEffect(() => {
    void studio.ask("capture.sound", undefined).then((answer) => setHears(answer?.desktop ?? false));
  }, [studio]);
  return hears;
};

const SourceRow = ({
  item,
  drag,
  renaming,
  onRename,
}: {
  item: Item;
  drag: object;
  renaming: boolean;
  onRename: (on: boolean) => void;
}) => {
  const studio = useStudio();
  const scene = useEditedScene();
  const selected = useSelection();
  const source = useDocument().sources[item.sourceId];
  const state = useTopic("sources")?.[item.sourceId];
  if (!source) return null;
  const place = { sceneId: scene.id, itemId: item.id };
  const index = scene.items.indexOf(item);
  const trouble = sourceTrouble(source.settings.kind, state);
  const Icon = SOURCE_ICONS[source.settings.kind];
  // Of several that are selected, the menu of one is the menu of all.
  const meant = selected.includes(item.id) ? scene.items.filter(({ id }) => selected.includes(id)) : [item];
  const select = (event: MouseEvent) => {
    if (event.ctrlKey || event.metaKey || event.shiftKey)
      studio.select(
        selected.includes(item.id) ? selected.filter((id) => id !== item.id) : [...selected, item.id],
      );
    else studio.select([item.id]);
  };
  const onKey = (event: KeyboardEvent) => {
    if (event.key === "F2") onRename(true);
    else if (event.key === "Delete")
      void studio.doAndTell(
        { kind: "items-remove", sceneId: scene.id, itemIds: [item.id] },
        `“${source.name}” removed`,
      );
    else if (event.altKey && event.key === "ArrowUp")
      void studio.do({ kind: "item-move", ...place, index: index + 1 });
    else if (event.altKey && event.key === "ArrowDown" && index > 0)
      void studio.do({ kind: "item-move", ...place, index: index - 1 });
    else return;
    event.preventDefault();
  };
  return (
    <ContextMenu menu={<ItemMenu items={meant} onRename={() => onRename(true)} />}>
      <li {...drag}>
        <div
          className="row"
          data-chosen={selected.includes(item.id) || undefined}
          data-dim={!item.visible || undefined}
        >
          {renaming ? (
            <NameInput
              label={`Name of source ${source.name}`}
              value={source.name}
              onDone={(name) => {
                onRename(false);
                if (name !== null) void studio.do({ kind: "source-rename", sourceId: source.id, name });
              }}
            />
          ) : (
            <button
              type="button"
              className="row-main"
              aria-pressed={selected.includes(item.id)}
              title="F2 renames, Delete removes, Alt with arrows moves"
              onClick={select}
              onDoubleClick={() => onRename(true)}
              onKeyDown={onKey}
            >
              <Icon size={15} aria-hidden />
              <span className="row-name">{source.name}</span>
            </button>
          )}
          <IconButton
            label={`${item.locked ? "Unlock" : "Lock"} ${source.name}`}
            icon={item.locked ? Lock : LockOpen}
            size="sm"
            className={item.locked ? "" : "row-quiet"}
            onClick={() => void studio.do({ kind: "item-locked", ...place, locked: !item.locked })}
          />
          <IconButton
            label={`${item.visible ? "Hide" : "Show"} ${source.name}`}
            icon={item.visible ? Eye : EyeOff}
            size="sm"
            onClick={() => void studio.do({ kind: "item-visible", ...place, visible: !item.visible })}
          />
        </div>
        {trouble && (
          <p className="row-trouble" role="status">
            {trouble}
          </p>
        )}
      </li>
    </ContextMenu>
  );
};
