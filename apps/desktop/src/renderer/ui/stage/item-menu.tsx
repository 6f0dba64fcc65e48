import { MenuItem, MenuLine, MenuSwitch } from "@footlight/ui/menu.tsx";
import type { Item } from "../../../model/document.ts";
import type { Size } from "../../../model/geometry/box.ts";
import { atNaturalSize, type Filling, placed } from "../../../model/geometry/place.ts";
import { newId } from "../../state/studio.ts";
import { useDocument, useEditedScene, useStudio, useTopic } from "../use-studio.ts";
import { useClipboard } from "./use-clipboard.ts";

/** What can be done with one item or several, or with none of them, on the stage and in the list. */
export const ItemMenu = ({ items, onRename }: { items: readonly Item[]; onRename?: () => void }) => {
  const studio = useStudio();
  const scene = useEditedScene();
  const clipboard = useClipboard();
  const paste = clipboard.hasItems() && (
    <>
      <MenuItem onClick={() => clipboard.paste("same")}>Paste</MenuItem>
      <MenuItem onClick={() => clipboard.paste("copy")}>Paste as a copy</MenuItem>
    </>
  );
  if (items.length === 0)
    return (
      <>
        {paste}
        <MenuItem onClick={() => studio.select(scene.items.filter(isInReach).map((item) => item.id))}>
          Select all
        </MenuItem>
      </>
    );
  return (
    <>
      <PlaceEntries items={items} />
      <MenuLine />
      <OrderEntries items={items} />
      <MenuLine />
      <MenuItem onClick={() => clipboard.copy(items)}>Copy</MenuItem>
      {paste}
      <MenuItem onClick={() => clipboard.duplicate(items)}>Duplicate</MenuItem>
      {items[0] && items.length === 1 && <CopyEntries item={items[0]} />}
      {clipboard.hasPlace() && <MenuItem onClick={() => clipboard.pastePlace(items)}>Paste place</MenuItem>}
      {clipboard.hasFilters() && (
        <MenuItem onClick={() => clipboard.pasteFilters(items)}>Paste filters</MenuItem>
      )}
      <MenuLine />
      {onRename && <MenuItem onClick={onRename}>Rename</MenuItem>}
      <RemoveEntry items={items} />
    </>
  );
};

export const isInReach = ({ visible, locked }: Item): boolean => visible && !locked;

const PlaceEntries = ({ items }: { items: readonly Item[] }) => {
  const studio = useStudio();
  const { canvas } = useDocument();
  const scene = useEditedScene();
  const states = useTopic("sources");
  const natural = (item: Item | undefined): Size | null => {
    const state = states?.[item?.sourceId ?? ""];
    return state?.width && state.height ? { width: state.width, height: state.height } : null;
  };
  const transform = (change: (item: Item) => Item["transform"]) =>
    void studio.do({
      kind: "items-transform",
      sceneId: scene.id,
      items: items.map((item) => ({ itemId: item.id, transform: change(item) })),
    });
  const fill = (filling: Filling) =>
    transform((item) => placed(item.transform, canvas, filling, natural(item)));
  const size = items.length === 1 ? natural(items[0]) : null;
  return (
    <>
      <MenuItem onClick={() => fill("fit")}>Fit to canvas</MenuItem>
      <MenuItem onClick={() => fill("fill")}>Fill canvas</MenuItem>
      <MenuItem onClick={() => fill("stretch")}>Stretch to canvas</MenuItem>
      {size && (
        <MenuItem onClick={() => transform((item) => atNaturalSize(item.transform, canvas, size))}>
          Own size
        </MenuItem>
      )}
      <MenuItem onClick={() => transform(({ transform: t }) => ({ ...t, flipX: !t.flipX }))}>
        Mirror left and right
      </MenuItem>
      <MenuItem onClick={() => transform(({ transform: t }) => ({ ...t, flipY: !t.flipY }))}>
        Mirror top and bottom
      </MenuItem>
      <MenuItem
        onClick={() =>
          transform(({ transform: t }) => ({ ...t, rotationDeg: ((t.rotationDeg + 270) % 360) - 180 }))
        }
      >
        Turn by 90°
      </MenuItem>
    </>
  );
};

/** Several keep their order among themselves. */
const OrderEntries = ({ items }: { items: readonly Item[] }) => {
  const studio = useStudio();
  const scene = useEditedScene();
  const ordered = scene.items.filter((item) => items.some(({ id }) => id === item.id));
  const each = async (list: readonly Item[], command: (item: Item) => Parameters<typeof studio.do>[0]) => {
    const gesture = newId();
    for (const item of list) await studio.do(command(item), gesture);
  };
  const move = (list: readonly Item[], index: number) =>
    void each(list, ({ id }) => ({ kind: "item-move", sceneId: scene.id, itemId: id, index }));
  const isLocked = items.every((item) => item.locked);
  const isVisible = items.every((item) => item.visible);
  return (
    <>
      <MenuItem onClick={() => move(ordered, scene.items.length - 1)}>Bring to front</MenuItem>
      <MenuItem onClick={() => move(ordered.toReversed(), 0)}>Send to back</MenuItem>
      <MenuSwitch
        on={isVisible}
        onChange={(visible) =>
          void each(ordered, ({ id }) => ({
            kind: "item-visible",
            sceneId: scene.id,
            itemId: id,
            visible,
          }))
        }
      >
        Visible
      </MenuSwitch>
      <MenuSwitch
        on={isLocked}
        onChange={(locked) =>
          void each(ordered, ({ id }) => ({ kind: "item-locked", sceneId: scene.id, itemId: id, locked }))
        }
      >
        Locked
      </MenuSwitch>
    </>
  );
};

const CopyEntries = ({ item }: { item: Item }) => {
  const clipboard = useClipboard();
  return (
    <>
      <MenuItem onClick={() => clipboard.copyPlace(item)}>Copy place</MenuItem>
      <MenuItem onClick={() => clipboard.copyFilters(item)}>Copy filters</MenuItem>
    </>
  );
};

const RemoveEntry = ({ items }: { items: readonly Item[] }) => {
  const studio = useStudio();
  const { sources } = useDocument();
  const scene = useEditedScene();
  const name = sources[items[0]?.sourceId ?? ""]?.name ?? "Source";
  const words = items.length === 1 ? `“${name}” removed` : `${items.length} sources removed`;
  const itemIds = items.map((item) => item.id);
  return (
    <MenuItem
      onClick={() => void studio.doAndTell({ kind: "items-remove", sceneId: scene.id, itemIds }, words)}
    >
      Remove
    </MenuItem>
  );
};
