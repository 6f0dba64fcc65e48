import { MenuItem, MenuLine, MenuSwitch } from "@footlight/ui/menu.tsx";
import type { Item } from "../../../model/document.ts";
import type { Size } from "../../../model/geometry/box.ts";
import { atNaturalSize, type Filling, placed } from "../../../model/geometry/place.ts";
import { useDocument, useEditedScene, useStudio, useTopic } from "../use-studio.ts";

/** What can be done with one item or several, on the stage and in the list. */
export const ItemMenu = ({ items, onRename }: { items: readonly Item[]; onRename?: () => void }) => {
  const studio = useStudio();
  const { canvas, sources } = useDocument();
  const scene = useEditedScene();
  const states = useTopic("sources");
  const first = items[0];
  if (!first) return null;
  const natural = (item: Item): Size | null => {
    const state = states?.[item.sourceId];
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
  const order = (index: number) =>
    void studio.do({ kind: "item-move", sceneId: scene.id, itemId: first.id, index });
  const remove = () =>
    void studio.doAndTell(
      { kind: "items-remove", sceneId: scene.id, itemIds: items.map((item) => item.id) },
      items.length === 1
        ? `“${sources[first.sourceId]?.name ?? "Source"}” removed`
        : `${items.length} sources removed`,
    );
  const size = natural(first);
  return (
    <>
      <MenuItem onClick={() => fill("fit")}>Fit to canvas</MenuItem>
      <MenuItem onClick={() => fill("fill")}>Fill canvas</MenuItem>
      <MenuItem onClick={() => fill("stretch")}>Stretch to canvas</MenuItem>
      {size && items.length === 1 && (
        <MenuItem onClick={() => transform((item) => atNaturalSize(item.transform, canvas, size))}>
          Own size
        </MenuItem>
      )}
      <MenuLine />
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
      {items.length === 1 && (
        <>
          <MenuLine />
          <MenuItem onClick={() => order(scene.items.length - 1)}>Bring to front</MenuItem>
          <MenuItem onClick={() => order(0)}>Send to back</MenuItem>
          <MenuSwitch
            on={first.locked}
            onChange={(locked) =>
              void studio.do({ kind: "item-locked", sceneId: scene.id, itemId: first.id, locked })
            }
          >
            Locked
          </MenuSwitch>
        </>
      )}
      <MenuLine />
      {onRename && <MenuItem onClick={onRename}>Rename</MenuItem>}
      <MenuItem onClick={remove}>Remove</MenuItem>
    </>
  );
};
