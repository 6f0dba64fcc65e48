import { type Item as Arranged, arrange, type Place } from "@footlight/realtime/stage/layouts.ts";
import type { StageLayout } from "@footlight/shared";
import type { Command } from "./commands.ts";
import {
  type Item,
  type Scene,
  type SourceSettings,
  type StudioDocument,
  soundSchema,
  type Transform,
  transformSchema,
} from "./document.ts";
import type { Size } from "./geometry/box.ts";

export type GuestLayout = StageLayout["kind"];
type GuestSettings = Extract<SourceSettings, { kind: "guest" }>;

interface Wish {
  readonly scene: Scene;
  readonly layout: GuestLayout;
  /** In the order in which they are placed. */
  readonly seats: readonly number[];
  /** Seats of those whose screens are to be placed, too. */
  readonly screens?: readonly number[];
  readonly sizeOf: (sourceId: string) => Size | null;
  readonly newId: () => string;
}

/** What guests' pictures are, whatever their cameras give. */
const SHAPE: Size = { width: 16, height: 9 };

/**
 * Commands that place the guests of these seats in a scene, beside the host's own camera where it stands there: new ones
 * are made, those that are there are moved. To be sent as one gesture.
 */
export function layOutGuests(document: StudioDocument, wish: Wish): Command[] {
  const { scene, layout, seats, screens = [], sizeOf, newId } = wish;
  const host = scene.items.find(
    ({ visible, sourceId }) => visible && document.sources[sourceId]?.settings.kind === "camera",
  );
  const arranged: Arranged[] = [
    ...(host ? [{ id: "host", owner: "host", kind: "camera" as const }] : []),
    ...screens.map((seat) => ({ id: idOf(seat, "screen"), owner: String(seat), kind: "screen" as const })),
    ...seats.map((seat) => ({ id: idOf(seat, "camera"), owner: String(seat), kind: "camera" as const })),
  ];
  const { width, height } = document.canvas;
  const area = {
    width,
    height,
    gap: layout === "picture_in_picture" ? Math.round(width * 0.02) : Math.round(width * 0.01),
  };
  const places = new Map(
    arrange({ kind: layout, spotlight: null }, arranged, area).map((place) => [place.id, place]),
  );
  const moved: { itemId: string; transform: Transform }[] = [];
  const added: Command[] = [];
  const hostPlace = places.get("host");
  if (host && hostPlace)
    moved.push({
      itemId: host.id,
      transform: filled(hostPlace, sizeOf(host.sourceId) ?? SHAPE, host.transform),
    });
  const wanted = [
    ...screens.map((seat) => ({ seat, shows: "screen" as const })),
    ...seats.map((seat) => ({ seat, shows: "camera" as const })),
  ];
  for (const { seat, shows } of wanted) {
    const place = places.get(idOf(seat, shows));
    if (place === undefined) continue;
    const source = Object.values(document.sources).find(
      ({ settings }) => settings.kind === "guest" && settings.seat === seat && settings.shows === shows,
    );
    const item = scene.items.find(({ sourceId }) => sourceId === source?.id);
    const transform = (shows === "screen" ? within : filled)(place, SHAPE, item?.transform);
    if (item) moved.push({ itemId: item.id, transform });
    else {
      const settings: GuestSettings = { kind: "guest", seat, shows, plate: "none" };
      const fresh = { id: newId(), visible: true, locked: false, transform };
      added.push(addition(scene.id, fresh, source?.id, settings, newId));
    }
  }
  return [
    ...(moved.length > 0 ? [{ kind: "items-transform" as const, sceneId: scene.id, items: moved }] : []),
    ...added,
  ];
}

function addition(
  sceneId: string,
  item: Omit<Item, "sourceId">,
  sourceId: string | undefined,
  settings: GuestSettings,
  newId: () => string,
): Command {
  if (sourceId !== undefined) return { kind: "item-add", sceneId, item: { ...item, sourceId } };
  const source = {
    id: newId(),
    name: guestName(settings),
    settings,
    filters: [],
    ...(settings.shows === "camera" && { sound: GUEST_SOUND }),
  };
  return { kind: "source-add", source, place: { sceneId, item } };
}

const idOf = (seat: number, shows: GuestSettings["shows"]): string => `${shows} ${seat}`;

/** What a source of a guest is called at first. */
export const guestName = ({ seat, shows }: Pick<GuestSettings, "seat" | "shows">): string =>
  shows === "screen" ? `Screen of guest ${seat}` : `Guest ${seat}`;

/** Guests are heard by the streamer, too. */
export const GUEST_SOUND = soundSchema.parse({ monitor: "also" });

/** In its place, whole. */
function within(place: Place, size: Size, before: Transform | undefined): Transform {
  const scale = Math.min(place.width / size.width, place.height / size.height);
  const [width, height] = [size.width * scale, size.height * scale].map((length) => Math.max(1, length));
  const [x, y] = [place.x + place.width / 2, place.y + place.height / 2];
  const crop = { left: 0, right: 0, top: 0, bottom: 0 };
  return transformSchema.parse({ ...before, x, y, width, height, rotationDeg: 0, crop });
}

/** In its place, of which it covers all: what is too much of it is cut off at both sides. */
function filled(place: Place, size: Size, before: Transform | undefined): Transform {
  const wide = (size.width * place.height) / (size.height * place.width);
  const cut = wide > 1 ? (1 - 1 / wide) / 2 : (1 - wide) / 2;
  const crop =
    wide > 1 ? { left: cut, right: cut, top: 0, bottom: 0 } : { left: 0, right: 0, top: cut, bottom: cut };
  const at = {
    x: place.x + place.width / 2,
    y: place.y + place.height / 2,
    width: Math.max(1, place.width),
    height: Math.max(1, place.height),
  };
  return transformSchema.parse({ ...before, ...at, rotationDeg: 0, crop });
}
