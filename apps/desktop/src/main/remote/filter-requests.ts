import { z } from "zod";
import {
  type Filter,
  filterSchema,
  type SoundFilter,
  type Source,
  soundFilterSchema,
} from "../../model/document.ts";
import { freeName } from "../../model/lookup.ts";
import { obsFilterSchema } from "../../model/obs/obs-file.ts";
import { pictureFilterOf, soundFilterOf } from "../../model/obs/obs-filters.ts";
import { obsFilterOf } from "../../model/obs/to-obs.ts";
import { act, type DocumentDesk, newId } from "./document-desk.ts";
import { RequestFault, status } from "./messages.ts";
import { findSource, name, nothing, ofSource } from "./names.ts";
import { type RequestKind, request } from "./requests.ts";

type AnyFilter = Filter | SoundFilter;
type Given = Readonly<Record<string, unknown>>;

const WORDS: Readonly<Record<AnyFilter["kind"], string>> = {
  "chroma-key": "Chroma key",
  colour: "Colour correction",
  blur: "Blur",
  mask: "Image mask",
  lut: "Colour table",
  gain: "Gain",
  "noise-suppression": "Noise suppression",
  gate: "Gate",
  compressor: "Compressor",
  limiter: "Limiter",
};
const PICTURE_KINDS = [
  "chroma_key_filter_v2",
  "color_filter_v2",
  "mask_filter_v2",
  "clut_filter",
  "footlight_blur",
];
const SOUND_KINDS = [
  "gain_filter",
  "noise_suppress_filter_v2",
  "noise_gate_filter",
  "compressor_filter",
  "limiter_filter",
];

export interface NamedFilter {
  readonly name: string;
  readonly filter: AnyFilter;
}

/** Those of the picture, then those of the sound, each with a name of its own. */
export function filtersOf({ filters, sound }: Source): NamedFilter[] {
  const named: NamedFilter[] = [];
  for (const filter of [...filters, ...(sound?.filters ?? [])]) {
    const taken = named.map((each) => each.name);
    named.push({ name: freeName(taken, filter.name ?? WORDS[filter.kind]), filter });
  }
  return named;
}

export function toldFilter({ name, filter }: NamedFilter, filterIndex: number) {
  const { kind, settings } = obsFilterOf(filter);
  return {
    filterName: name,
    filterKind: kind,
    filterIndex,
    filterEnabled: filter.enabled,
    filterSettings: settings,
  };
}

const isSound = (filter: AnyFilter): filter is SoundFilter =>
  soundFilterSchema.options.some((option) => option.shape.kind.value === filter.kind);

/** One of OBS' kinds with OBS' settings as ours; undefined: there is none. */
function made(filterKind: string, given: Given, head: { id: string; name: string; enabled: boolean }) {
  const wish = obsFilterSchema.parse({ ...head, id: filterKind, settings: given });
  const filter = pictureFilterOf(wish, head.id) ?? soundFilterOf(wish, head.id);
  if (!filter) return undefined;
  const whole = (isSound(filter) ? soundFilterSchema : filterSchema).safeParse(filter);
  if (!whole.success) throw new RequestFault(status.invalidRequestField, "filterSettings cannot be so");
  return whole.data;
}

/** Filters, by names that are unique within their source. */
export function filterRequests(desk: DocumentDesk): Record<string, RequestKind> {
  const ofFilter = ofSource.extend({ filterName: name });
  const inputOf = (wanted: z.infer<typeof ofSource>): Source => {
    const found = findSource(desk.document, wanted);
    if ("input" in found) return found.input;
    throw new RequestFault(status.invalidResourceType, "scenes have no filters here");
  };
  const find = ({ filterName, ...wanted }: z.infer<typeof ofFilter>) => {
    const source = inputOf(wanted);
    const all = filtersOf(source);
    const found = all.find((each) => each.name === filterName);
    if (!found) throw new RequestFault(status.resourceNotFound, `there is no filter “${filterName}”`);
    return { source, all, found };
  };
  /** All filters of a source anew, told apart by what they work on. */
  const put = (source: Source, filters: readonly AnyFilter[]) => {
    const sound = filters.filter(isSound);
    const picture = filters.filter((each): each is Filter => !isSound(each));
    if (JSON.stringify(sound) !== JSON.stringify(source.sound?.filters ?? []))
      return act(desk, { kind: "sound", sourceId: source.id, change: { filters: sound } });
    return act(desk, { kind: "source-filters", sourceId: source.id, filters: picture });
  };
  const replace = (wanted: z.infer<typeof ofFilter>, next: (found: NamedFilter) => AnyFilter) => {
    const { source, all, found } = find(wanted);
    return put(
      source,
      all.map((each) => (each === found ? next(found) : each.filter)),
    );
  };
  const free = (source: Source, wanted: string) => {
    if (filtersOf(source).some((each) => each.name === wanted))
      throw new RequestFault(status.resourceAlreadyExists, `there is a “${wanted}” already`);
    return wanted;
  };
  const unknownKind = (kind: string) =>
    new RequestFault(status.invalidFilterKind, `${kind} is not known here`);

  return {
    GetSourceFilterKindList: request(nothing, () => ({
      sourceFilterKinds: [...PICTURE_KINDS, ...SOUND_KINDS],
    })),
    GetSourceFilterDefaultSettings: request(z.object({ filterKind: name }), ({ filterKind }) => {
      const filter = made(filterKind, {}, { id: "new", name: "new", enabled: true });
      if (!filter) throw unknownKind(filterKind);
      return { defaultFilterSettings: obsFilterOf(filter).settings };
    }),
    GetSourceFilterList: request(ofSource, (wanted) => {
      const found = findSource(desk.document, wanted);
      return { filters: "input" in found ? filtersOf(found.input).map(toldFilter) : [] };
    }),
    GetSourceFilter: request(ofFilter, (wanted) => {
      const { all, found } = find(wanted);
      const { filterName: _, ...told } = toldFilter(found, all.indexOf(found));
      return told;
    }),
    CreateSourceFilter: request(
      ofFilter.extend({
        filterKind: name,
        filterSettings: z.record(z.string(), z.unknown()).default({}),
      }),
      ({ filterName, filterKind, filterSettings, ...wanted }) => {
        const source = inputOf(wanted);
        const head = { id: newId(), name: free(source, filterName), enabled: true };
        const filter = made(filterKind, filterSettings, head);
        if (!filter) throw unknownKind(filterKind);
        if (isSound(filter) && !source.sound)
          throw new RequestFault(status.invalidResourceState, "the input has no sound");
        return put(source, [...filtersOf(source).map((each) => each.filter), filter]);
      },
    ),
    RemoveSourceFilter: request(ofFilter, (wanted) => {
      const { source, all, found } = find(wanted);
      return put(
        source,
        all.filter((each) => each !== found).map((each) => each.filter),
      );
    }),
    SetSourceFilterName: request(ofFilter.extend({ newFilterName: name }), ({ newFilterName, ...wanted }) => {
      free(find(wanted).source, newFilterName);
      return replace(wanted, ({ filter }) => ({ ...filter, name: newFilterName }));
    }),
    SetSourceFilterIndex: request(
      ofFilter.extend({ filterIndex: z.number().int().min(0).max(8192) }),
      ({ filterIndex, ...wanted }) => {
        const { source, all, found } = find(wanted);
        const others = all.filter((each) => each !== found);
        return put(
          source,
          others.toSpliced(filterIndex, 0, found).map((each) => each.filter),
        );
      },
    ),
    SetSourceFilterSettings: request(
      ofFilter.extend({
        filterSettings: z.record(z.string(), z.unknown()),
        overlay: z.boolean().default(true),
      }),
      ({ filterSettings, overlay, ...wanted }) =>
        replace(wanted, ({ filter, name }) => {
          const { kind, settings } = obsFilterOf(filter);
          const head = { id: filter.id, name, enabled: filter.enabled };
          return made(kind, overlay ? { ...settings, ...filterSettings } : filterSettings, head) ?? filter;
        }),
    ),
    SetSourceFilterEnabled: request(
      ofFilter.extend({ filterEnabled: z.boolean() }),
      ({ filterEnabled, ...wanted }) =>
        replace(wanted, ({ filter }) => ({ ...filter, enabled: filterEnabled })),
    ),
  };
}
