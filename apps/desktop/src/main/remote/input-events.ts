import type { SoundSettings, Source, StudioDocument } from "../../model/document.ts";
import { obsSettingsOf } from "../../model/obs/to-obs.ts";
import { filtersOf, type NamedFilter, toldFilter } from "./filter-requests.ts";
import { inputKindOf, newSettings, unversioned } from "./input-kinds.ts";
import { type RemoteEvent, subscription } from "./messages.ts";
import { inputsOf } from "./names.ts";
import { balanceOf, monitorTypeOf, tracksOf, volumeOf } from "./sound-requests.ts";

const named = (source: Source) => ({ inputName: source.name, inputUuid: source.id });

/** What clients hear of inputs, their sound and their filters. */
export function inputEvents(before: StudioDocument, after: StudioDocument): RemoteEvent[] {
  if (before.sources === after.sources) return [];
  const intent = subscription.inputs;
  const events: RemoteEvent[] = [];
  for (const source of inputsOf(before))
    if (!after.sources[source.id]) events.push({ type: "InputRemoved", intent, data: named(source) });
  for (const source of inputsOf(after)) {
    const was = before.sources[source.id];
    if (was === source) continue;
    if (was) events.push(...changesOf(was, source));
    else events.push({ type: "InputCreated", intent, data: created(source) });
  }
  return events;
}

function created(source: Source) {
  const inputKind = inputKindOf(source.settings.kind);
  const defaults = newSettings(inputKind, {});
  return {
    ...named(source),
    inputKind,
    unversionedInputKind: unversioned(inputKind),
    inputSettings: obsSettingsOf(source.settings),
    defaultInputSettings: defaults ? obsSettingsOf(defaults) : {},
  };
}

function changesOf(was: Source, source: Source): RemoteEvent[] {
  const intent = subscription.inputs;
  const events: RemoteEvent[] = [];
  if (was.name !== source.name)
    events.push({ type: "InputNameChanged", intent, data: { ...named(source), oldInputName: was.name } });
  if (was.settings !== source.settings) {
    const data = { ...named(source), inputSettings: obsSettingsOf(source.settings) };
    events.push({ type: "InputSettingsChanged", intent, data });
  }
  if (was.sound && source.sound && was.sound !== source.sound)
    events.push(...soundEvents(source, was.sound, source.sound));
  if (was.filters !== source.filters || was.sound?.filters !== source.sound?.filters)
    events.push(...filterEvents(source, filtersOf(was), filtersOf(source)));
  return events;
}

function soundEvents(source: Source, was: SoundSettings, is: SoundSettings): RemoteEvent[] {
  const told = (type: string, data: object, changed: boolean): RemoteEvent[] =>
    changed ? [{ type, intent: subscription.inputs, data: { ...named(source), ...data } }] : [];
  return [
    ...told("InputMuteStateChanged", { inputMuted: is.muted }, was.muted !== is.muted),
    ...told("InputVolumeChanged", volumeOf(is.volumeDb), was.volumeDb !== is.volumeDb),
    ...told("InputAudioBalanceChanged", { inputAudioBalance: balanceOf(is.pan) }, was.pan !== is.pan),
    ...told(
      "InputAudioSyncOffsetChanged",
      { inputAudioSyncOffset: is.offsetMs },
      was.offsetMs !== is.offsetMs,
    ),
    ...told(
      "InputAudioTracksChanged",
      { inputAudioTracks: tracksOf(is.tracks) },
      was.tracks.join() !== is.tracks.join(),
    ),
    ...told(
      "InputAudioMonitorTypeChanged",
      { monitorType: monitorTypeOf(is.monitor) },
      was.monitor !== is.monitor,
    ),
  ];
}

function filterEvents(source: Source, was: NamedFilter[], is: NamedFilter[]): RemoteEvent[] {
  const intent = subscription.filters;
  const events: RemoteEvent[] = [];
  const of = (all: NamedFilter[], id: string) => all.find(({ filter }) => filter.id === id);
  const tell = (type: string, data: object) =>
    events.push({ type, intent, data: { sourceName: source.name, ...data } });
  for (const { name, filter } of was)
    if (!of(is, filter.id)) tell("SourceFilterRemoved", { filterName: name });
  for (const [index, each] of is.entries()) {
    const old = of(was, each.filter.id);
    const { filterEnabled, ...told } = toldFilter(each, index);
    const { filterName, filterSettings } = told;
    if (!old) {
      tell("SourceFilterCreated", { ...told, defaultFilterSettings: {} });
      continue;
    }
    if (old.name !== each.name) tell("SourceFilterNameChanged", { filterName, oldFilterName: old.name });
    if (old.filter.enabled !== filterEnabled)
      tell("SourceFilterEnableStateChanged", { filterName, filterEnabled });
    if (JSON.stringify(toldFilter(old, 0).filterSettings) !== JSON.stringify(filterSettings))
      tell("SourceFilterSettingsChanged", { filterName, filterSettings });
  }
  const kept = (all: NamedFilter[], others: NamedFilter[]) =>
    all.flatMap(({ filter }) => (of(others, filter.id) ? [filter.id] : [])).join();
  if (kept(was, is) !== kept(is, was)) tell("SourceFilterListReindexed", { filters: is.map(toldFilter) });
  return events;
}
