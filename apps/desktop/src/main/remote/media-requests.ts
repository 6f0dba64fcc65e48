import { z } from "zod";
import type { AnswerTo, Question } from "../../contract/engine-questions.ts";
import type { DocumentDesk } from "./document-desk.ts";
import { type RemoteEvent, RequestFault, status, subscription } from "./messages.ts";
import { findInput, namesIn, ofInput } from "./names.ts";
import { type RequestKind, request } from "./requests.ts";
import type { EngineDesk } from "./screenshot-requests.ts";

type Film = Extract<Question, { about: "film" }>;

const ACTIONS = {
  OBS_WEBSOCKET_MEDIA_INPUT_ACTION_NONE: null,
  OBS_WEBSOCKET_MEDIA_INPUT_ACTION_PLAY: "play",
  OBS_WEBSOCKET_MEDIA_INPUT_ACTION_PAUSE: "pause",
  OBS_WEBSOCKET_MEDIA_INPUT_ACTION_STOP: "stop",
  OBS_WEBSOCKET_MEDIA_INPUT_ACTION_RESTART: "restart",
} as const satisfies Record<string, Film["action"]>;
const NO_FILM = { mediaState: "OBS_MEDIA_STATE_NONE", mediaDuration: null, mediaCursor: null };

const told = (film: NonNullable<AnswerTo<Film>>) => ({
  mediaState: `OBS_MEDIA_STATE_${film.state.toUpperCase()}`,
  mediaDuration: film.durationMs,
  mediaCursor: film.cursorMs,
});

/** Films: how they play. Other inputs have nothing to play, and say so. */
export function mediaRequests(
  document: DocumentDesk,
  engine: EngineDesk,
  tell: (event: RemoteEvent) => void,
): Record<string, RequestKind> {
  const ask = async (wanted: z.infer<typeof ofInput>, what: Pick<Film, "action" | "seekMs">) => {
    const source = findInput(document.document, wanted);
    const isFilm = source.settings.kind === "video";
    const film = isFilm ? await engine.ask({ about: "film", sourceId: source.id, ...what }) : null;
    return { source, film };
  };
  const seek = async (wanted: z.infer<typeof ofInput>, seekMs: NonNullable<Film["seekMs"]>) => {
    const { film } = await ask(wanted, { action: null, seekMs });
    if (film === null) throw new RequestFault(status.invalidResourceState, "there is nothing that plays");
    return undefined;
  };
  return {
    GetMediaInputStatus: request(ofInput, async (wanted) => {
      const { film } = await ask(wanted, { action: null, seekMs: null });
      return film === null ? NO_FILM : told(film);
    }),
    TriggerMediaInputAction: request(
      ofInput.extend({ mediaAction: z.enum(namesIn(ACTIONS)) }),
      async ({ mediaAction, ...wanted }) => {
        const { source } = await ask(wanted, { action: ACTIONS[mediaAction], seekMs: null });
        const data = { inputName: source.name, inputUuid: source.id, mediaAction };
        tell({ type: "MediaInputActionTriggered", intent: subscription.mediaInputs, data });
        return undefined;
      },
    ),
    SetMediaInputCursor: request(
      ofInput.extend({ mediaCursor: z.number().min(0) }),
      ({ mediaCursor, ...wanted }) => seek(wanted, { to: mediaCursor, relative: false }),
    ),
    OffsetMediaInputCursor: request(
      ofInput.extend({ mediaCursorOffset: z.number() }),
      ({ mediaCursorOffset, ...wanted }) => seek(wanted, { to: mediaCursorOffset, relative: true }),
    ),
  };
}
