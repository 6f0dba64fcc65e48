import { Button } from "@footlight/ui/button.tsx";
import { ConfirmDialog } from "@footlight/ui/dialog.tsx";
import { TextField } from "@footlight/ui/field.tsx";
import { SelectField } from "@footlight/ui/select-field.tsx";
import { useCollections } from "./use-collections.ts";

/** Which collection is open, its name, and what is done with it as a whole. */
export const CollectionField = () => {
  const { name, openId, all, isOnAir, open, create, duplicate, rename, remove } = useCollections();
  return (
    <>
      <SelectField
        label="Scene collection"
        value={openId}
        options={all.map((each) => ({ value: each.id, label: each.name }))}
        {...(isOnAir && { hint: "You are on air: viewers see what the other collection shows." })}
        onChange={open}
      />
      <TextField
        label="Name of this collection"
        name="collection"
        maxLength={110}
        key={name}
        defaultValue={name}
        onBlur={(event) => {
          const wanted = event.target.value.trim();
          if (wanted !== "" && wanted !== name) rename(wanted);
        }}
      />
      <div className="form-row">
        <Button onClick={create}>New collection</Button>
        <Button onClick={duplicate}>Duplicate</Button>
        <ConfirmDialog
          trigger={<Button disabled={all.length < 2}>Remove</Button>}
          title={`Remove “${name}”?`}
          confirm="Remove"
          onConfirm={remove}
        >
          <p>Another collection is opened. The file of this one is kept in the studio's folder.</p>
        </ConfirmDialog>
      </div>
    </>
  );
};
