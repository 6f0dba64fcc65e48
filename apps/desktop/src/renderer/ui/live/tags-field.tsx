import { LIMITS, splitTags, Tags } from "@footlight/shared";
import { TextField } from "@footlight/ui/field.tsx";

/** What is wrong with them; undefined: nothing. */
export const tagsFault = (text: string): string | undefined =>
  Tags.safeParse(splitTags(text)).success
    ? undefined
    : `Up to ${LIMITS.tags} tags of letters, digits, - and _, each up to ${LIMITS.tag} characters.`;

export const TagsField = ({ text, onChange }: { text: string; onChange: (text: string) => void }) => {
  const fault = tagsFault(text);
  return (
    <TextField
      label="Tags"
      name="tags"
      value={text}
      error={fault}
      {...(fault === undefined && { hint: "Separated by commas" })}
      onChange={(event) => onChange(event.target.value)}
    />
  );
};
