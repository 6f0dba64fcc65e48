import { type Item as Arranged, arrange, type Place } from "@footlight/realtime/stage/layouts.ts";
import type { StageLayout } from "@footlight/shared";
import type { Command } from "./commands.ts";
import {
  type Item,
  type Scene,
  type StudioDocument,
  soundSchema,
  type Transform,
  transformSchema,
} from "./document.ts";
import type { Size } from "./geometry/box.ts";

export type GuestLayout = Exclude<StageLayout["kind"], "screen_share">;

interface Wish {
  readonly scene: Scene;
  readonly layout: GuestLayout;
  /** In the order in which they are placed. */
  readonly seats: readonly number[];
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
  const { scene, layout, seats, sizeOf, newId } = wish;
  const host = scene.items.find(
    ({ visible, sourceId }) => visible && document.sources[sourceId]?.settings.kind === "camera",
  );
  const arranged: Arranged[] = [
    ...(host ? [{ id: "host", owner: "host", kind: "camera" as const }] : []),
    ...seats.map((seat) => ({ id: String(seat), owner: String(seat), kind: "camera" as const })),
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
  for (const seat of seats) {
    const place = places.get(String(seat));
    if (place === undefined) continue;
    const source = Object.values(document.sources).find(
      ({ settings }) => settings.kind === "guest" && settings.seat === seat,
    );
    const item = scene.items.find(({ sourceId }) => sourceId === source?.id);
    const transform = filled(place, SHAPE, item?.transform);
    if (item) moved.push({ itemId: item.id, transform });
    else
      added.push(
        addition(scene.id, { id: newId(), visible: true, locked: false, transform }, source?.id, seat, newId),
      );
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
  seat: number,
  newId: () => string,
): Command {
  if (sourceId !== undefined) return { kind: "item-add", sceneId, item: { ...item, sourceId } };
  const source = {
    id: newId(),
    name: `Guest ${seat}`,
    settings: { kind: "guest" as const, seat },
    filters: [],
    sound: GUEST_SOUND,
  };
  return { kind: "source-add", source, place: { sceneId, item } };
}

/** Guests are heard by the streamer, too. */
export const GUEST_SOUND = soundSchema.parse({ monitor: "also" });

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
