import { IconButton } from "@footlight/ui/button.tsx";
import { MenuItem, MenuLine, MenuSwitch } from "@footlight/ui/menu.tsx";
import { Plus, ShieldCheck } from "lucide-react";
import { type KeyboardEvent, useEffect, useRef, useState } from "react";
import type { Scene } from "../../../model/document.ts";
import { newId } from "../../state/studio.ts";
import { PanelTools } from "../panels/panel-tools.tsx";
import { ContextMenu } from "../parts/context-menu.tsx";
import { NameInput } from "../parts/inline-name.tsx";
import { useReorder } from "../parts/use-reorder.ts";
import { useDocument, useEditedScene, useStudio } from "../use-studio.ts";
import "../parts/row-list.css";
import "./scene-list.css";

export const SceneList = () => {
  const studio = useStudio();
  const document = useDocument();
  const [renaming, setRenaming] = useState<string | null>(null);
  const move = (sceneId: string, index: number) => void studio.do({ kind: "scene-move", sceneId, index });
  const dragOf = useReorder(
    document.scenes.map((scene) => scene.id),
    move,
  );
  const add = async () => {
    const sceneId = newId();
    if (await studio.do({ kind: "scene-add", sceneId, name: "Scene" })) setRenaming(sceneId);
  };
  return (
    <>
      <PanelTools>
        <IconButton label="Add scene" icon={Plus} size="sm" onClick={() => void add()} />
      </PanelTools>
      <ul className="panel-body rows" aria-label="Scenes">
        {document.scenes.map((scene, index) => (
          <SceneRow
            key={scene.id}
            {...{ scene, index }}
            drag={renaming === scene.id ? {} : dragOf(scene.id)}
            renaming={renaming === scene.id}
            onRename={(on) => setRenaming(on ? scene.id : null)}
          />
        ))}
      </ul>
    </>
  );
};

/** Nothing until there is a picture: a list in a window of its own gets none. */
const SceneThumbnail = ({ sceneId }: { sceneId: string }) => {
  const { monitor } = useStudio();
  const canvas = useRef<HTMLCanvasElement>(null);
  useEffect(
    () => (canvas.current ? monitor.showThumbnail(sceneId, canvas.current) : undefined),
    [monitor, sceneId],
  );
  return <canvas ref={canvas} className="scene-thumbnail" aria-hidden />;
};

const SceneRow = ({
  scene,
  index,
  drag,
  renaming,
  onRename,
}: {
  scene: Scene;
  index: number;
  drag: object;
  renaming: boolean;
  onRename: (on: boolean) => void;
}) => {
  const studio = useStudio();
  const document = useDocument();
  const chosen = useEditedScene().id === scene.id;
  const safe = document.safeSceneId === scene.id;
  const sceneId = scene.id;
  const choose = () =>
    void studio.do({ kind: document.previewSceneId === null ? "programme" : "preview", sceneId });
  const remove = () =>
    void studio.doAndTell({ kind: "scene-remove", sceneId }, `Scene “${scene.name}” removed`);
  const onKey = (event: KeyboardEvent) => {
    if (event.key === "F2") onRename(true);
    else if (event.key === "Delete") remove();
    else if (event.altKey && event.key === "ArrowUp" && index > 0)
      void studio.do({ kind: "scene-move", sceneId, index: index - 1 });
    else if (event.altKey && event.key === "ArrowDown")
      void studio.do({ kind: "scene-move", sceneId, index: index + 1 });
    else return;
    event.preventDefault();
  };
  const menu = (
    <>
      <MenuItem onClick={() => onRename(true)}>Rename</MenuItem>
      <MenuItem
        onClick={() =>
          void studio.do({ kind: "scene-add", sceneId: newId(), name: scene.name, copyOf: sceneId })
        }
      >
        Duplicate
      </MenuItem>
      <MenuSwitch
        on={safe}
        onChange={(on) => void studio.do({ kind: "safe-scene", sceneId: on ? sceneId : null })}
      >
        Safe scene for panic
      </MenuSwitch>
      <MenuLine />
      <MenuItem onClick={remove}>Remove</MenuItem>
    </>
  );
  return (
    <ContextMenu menu={menu}>
      <li
        className="row"
        data-chosen={chosen || undefined}
        data-on-air={document.programmeSceneId === sceneId || undefined}
        {...drag}
      >
        {renaming ? (
          <NameInput
            label={`Name of scene ${scene.name}`}
            value={scene.name}
            onDone={(name) => {
              onRename(false);
              if (name !== null) void studio.do({ kind: "scene-rename", sceneId, name });
            }}
          />
        ) : (
          <button
            type="button"
            className="row-main"
            aria-current={chosen}
            title="F2 renames, Delete removes, Alt with arrows moves"
            onClick={choose}
            onDoubleClick={() => onRename(true)}
            onKeyDown={onKey}
          >
            <SceneThumbnail sceneId={sceneId} />
            <span className="row-name">{scene.name}</span>
            {safe && <ShieldCheck size={14} aria-label="Safe scene" />}
            {document.programmeSceneId === sceneId && <span className="sr-only">in programme</span>}
          </button>
        )}
      </li>
    </ContextMenu>
  );
};
