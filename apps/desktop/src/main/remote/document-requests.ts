import type { DocumentDesk } from "./document-desk.ts";
import { filterRequests } from "./filter-requests.ts";
import { inputRequests } from "./input-requests.ts";
import type { ItemPlaces } from "./item-places.ts";
import { itemRequests } from "./item-requests.ts";
import type { ItemNumbers } from "./names.ts";
import type { RequestKind } from "./requests.ts";
import { sceneRequests } from "./scene-requests.ts";
import { soundRequests } from "./sound-requests.ts";
import { transitionRequests } from "./transition-requests.ts";

/** All requests that work on the document alone. */
export const documentRequests = (
  desk: DocumentDesk,
  { numbers, places }: { readonly numbers: ItemNumbers; readonly places: ItemPlaces },
): Record<string, RequestKind> => ({
  ...sceneRequests(desk),
  ...itemRequests(desk, numbers, places),
  ...inputRequests(desk, numbers),
  ...soundRequests(desk),
  ...filterRequests(desk),
  ...transitionRequests(desk),
});
