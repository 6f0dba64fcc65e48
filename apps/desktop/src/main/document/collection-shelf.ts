import { readdir } from "node:fs/promises";
import { join } from "node:path";
import { z } from "zod";
import { readText, writeWhole } from "../system/json-file.ts";
import { FIRST_FILE } from "./document-store.ts";

const FILE = /^scenes(?:-([a-z0-9]{1,32}))?\.json$/;
/** Says which of the files is open. */
const INDEX = "collections.json";
const indexSchema = z.object({ open: z.string() });
const headSchema = z.looseObject({ name: z.string().min(1) });

export const fileOf = (id: string): string => (id === FIRST ? FIRST_FILE : `scenes-${id}.json`);
const FIRST = "scenes";

/** The collections that lie in a profile: one file each, and which of them was open last. */
export class CollectionShelf {
  constructor(private readonly folder: string) {}

  async lastOpen(): Promise<string> {
    const index = parsed(indexSchema, await textOf(join(this.folder, INDEX)));
    return index !== undefined && FILE.test(fileOf(index.open)) ? index.open : FIRST;
  }

  async remember(id: string): Promise<void> {
    await writeWhole(join(this.folder, INDEX), `${JSON.stringify({ open: id })}\n`);
  }

  /** Id → name, also of what cannot be opened: whoever tries is told why. */
  async names(): Promise<Map<string, string>> {
    const names = new Map<string, string>();
    for (const file of (await readdir(this.folder).catch(() => [])).toSorted()) {
      const found = FILE.exec(file);
      if (!found) continue;
      const name = parsed(headSchema, await textOf(join(this.folder, file)))?.name;
      names.set(found[1] ?? FIRST, name?.slice(0, 120) ?? file);
    }
    return names;
  }
}

/** What cannot be read is as good as none here: whoever opens it puts it aside and says so. */
const textOf = (path: string): Promise<string | undefined> => readText(path).catch(() => undefined);

function parsed<S extends z.ZodType>(schema: S, text: string | undefined): z.infer<S> | undefined {
  try {
    return schema.safeParse(JSON.parse(text ?? "")).data;
  } catch {
    return undefined;
  }
}
