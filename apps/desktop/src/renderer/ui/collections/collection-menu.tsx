import { Menu, MenuItem, MenuLine, MenuSwitch } from "@footlight/ui/menu.tsx";
import { ChevronDown } from "lucide-react";
import { useStudio } from "../use-studio.ts";
import { useCollections } from "./use-collections.ts";
import "./collections.css";

/** The open collection's name, and the way to the others. */
export const CollectionMenu = () => {
  const studio = useStudio();
  const { name, openId, all, open, create, duplicate } = useCollections();
  return (
    <Menu
      trigger={
        <button type="button" className="collection-name" aria-label={`Scene collection: ${name}`}>
          <span>{name}</span>
          <ChevronDown size={15} aria-hidden />
        </button>
      }
    >
      {all.map((each) => (
        <MenuSwitch key={each.id} on={each.id === openId} onChange={() => open(each.id)}>
          {each.name}
        </MenuSwitch>
      ))}
      <MenuLine />
      <MenuItem onClick={create}>New collection</MenuItem>
      <MenuItem onClick={duplicate}>Duplicate this one</MenuItem>
      <MenuItem onClick={() => studio.sheet.set("settings")}>Rename, remove, import…</MenuItem>
    </Menu>
  );
};
