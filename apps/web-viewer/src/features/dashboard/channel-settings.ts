import { ChannelSettings, LIMITS, splitTags } from "@footlight/shared";

const WORDS: Record<string, string> = {
  title: `Give it a title of up to ${LIMITS.title} characters.`,
  category: `Use up to ${LIMITS.category} characters.`,
  tags: `Use up to ${LIMITS.tags} tags of letters, digits, - and _, each up to ${LIMITS.tag} characters.`,
  displayName: `Use 1 to ${LIMITS.displayName} characters.`,
  bio: `Use up to ${LIMITS.bio} characters.`,
};

type Read =
  | { settings: ChannelSettings; errors: Record<string, string> }
  | { settings: null; errors: Record<string, string> };

/** A form's fields over the settings that it does not show, or what is wrong with them. */
export const readSettings = (
  settings: ChannelSettings,
  patch: Partial<Record<keyof ChannelSettings, unknown>>,
): Read => {
  const parsed = ChannelSettings.safeParse({ ...settings, ...patch });
  if (parsed.success) return { settings: parsed.data, errors: {} };
  const fields = parsed.error.issues.map((issue) => String(issue.path[0]));
  return {
    settings: null,
    errors: Object.fromEntries(fields.map((field) => [field, WORDS[field] ?? "Not valid."])),
  };
};

export const readChannelForm = (form: Pick<FormData, "get">, settings: ChannelSettings): Read =>
  readSettings(settings, {
    title: form.get("title"),
    category: form.get("category"),
    tags: splitTags(String(form.get("tags") ?? "")),
    latencyMode: form.get("latencyMode"),
  });
