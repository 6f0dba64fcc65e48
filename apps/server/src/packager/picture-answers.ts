import type { IncomingMessage, ServerResponse } from "node:http";
import type { StreamId } from "@footlight/shared";
import { answerBytes, answerPlaylist, answerProblem, CACHE_IMMUTABLE } from "./media-answer.ts";
import type { MediaResource } from "./media-path.ts";
import type { PlaylistBody } from "./playlist-body.ts";
import { isGone } from "./response-state.ts";

/** Where the pictures of streams come from. */
export interface PictureSource {
  /** JPEG bytes; undefined until there is a picture. */
  readonly thumbnail: (streamId: StreamId) => Uint8Array | undefined | Promise<Uint8Array | undefined>;
  readonly storyboards?: {
    /** WebVTT; undefined where there are no pictures. */
    vtt(streamId: StreamId): Promise<PlaylistBody | undefined>;
    /** A JPEG of several pictures; `sealed` when it will never change. */
    sheet(
      streamId: StreamId,
      number: number,
    ): Promise<{ readonly bytes: Uint8Array; readonly sealed: boolean } | undefined>;
  };
}

export type PictureResource = Extract<
  MediaResource,
  { kind: "thumbnail" } | { kind: "storyboard" } | { kind: "sheet" }
>;

export const isPicture = (resource: MediaResource): resource is PictureResource =>
  resource.kind === "thumbnail" || resource.kind === "storyboard" || resource.kind === "sheet";

/** What changes with each new picture is good for half the time until then. */
const CACHE_SHORT = "public, max-age=5";

export async function answerPicture(
  req: IncomingMessage,
  res: ServerResponse,
  source: PictureSource,
  streamId: StreamId,
  resource: PictureResource,
): Promise<void> {
  if (resource.kind === "storyboard") {
    const vtt = await source.storyboards?.vtt(streamId);
    if (isGone(res)) return;
    if (vtt === undefined) answerProblem(req, res, "not_found");
    else await answerPlaylist(req, res, vtt, CACHE_SHORT, "text/vtt; charset=utf-8");
    return;
  }
  const picture =
    resource.kind === "sheet"
      ? await source.storyboards?.sheet(streamId, resource.number)
      : growing(await source.thumbnail(streamId));
  if (isGone(res)) return;
  if (picture === undefined) {
    answerProblem(req, res, "not_found");
    return;
  }
  const { bytes, sealed } = picture;
  const sum = bytes.reduce((hash, byte) => (Math.imul(hash, 31) + byte) >>> 0, 7);
  answerBytes(req, res, {
    chunks: [bytes],
    byteLength: bytes.byteLength,
    type: "image/jpeg",
    etag: `"t${bytes.byteLength.toString(36)}-${sum.toString(36)}"`,
    cacheControl: sealed ? CACHE_IMMUTABLE : CACHE_SHORT,
  });
}

const growing = (bytes: Uint8Array | undefined) =>
  bytes === undefined ? undefined : { bytes, sealed: false };
