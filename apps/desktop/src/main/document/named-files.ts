import type { StudioDocument } from "../../model/document.ts";

/** Each path that a document names: all that our pages may read of the disk. */
export function namedFiles(document: StudioDocument): ReadonlySet<string> {
  const paths = new Set<string>();
  for (const { settings, filters } of Object.values(document.sources)) {
    if (settings.kind === "image" || settings.kind === "video") paths.add(settings.path);
    if (settings.kind === "slideshow") for (const path of settings.paths) paths.add(path);
    for (const filter of filters) if (filter.kind === "mask" || filter.kind === "lut") paths.add(filter.path);
  }
  if (document.transition.kind === "stinger") paths.add(document.transition.path);
  return paths;
}
