import type { WeriftViewer } from "../src/testing/werift-peer.ts";

/** A WHEP player by its HTTP: what any stack's player sends. */
export interface WhepSession {
  /** Absolute. */
  readonly url: string;
  readonly etag: string;
  readonly answer: string;
}

export function post(endpoint: string, offer: string, type = "application/sdp"): Promise<Response> {
  return fetch(endpoint, { method: "POST", headers: { "content-type": type }, body: offer });
}

export async function openSession(endpoint: string, offer: string): Promise<WhepSession> {
  const response = await post(endpoint, offer);
  const answer = await response.text();
  if (response.status !== 201) throw new Error(`${response.status} ${answer}`);
  return {
    url: new URL(response.headers.get("location") ?? "", endpoint).href,
    etag: response.headers.get("etag") ?? "",
    answer,
  };
}

/** Connected and receiving, if the server lets it. */
export async function watch(endpoint: string, viewer: WeriftViewer): Promise<WhepSession> {
  const session = await openSession(endpoint, await viewer.offer());
  await viewer.answer(session.answer);
  await viewer.connected();
  return session;
}

export function patch(session: WhepSession, fragment: string, ifMatch?: string): Promise<Response> {
  return fetch(session.url, {
    method: "PATCH",
    headers: {
      "content-type": "application/trickle-ice-sdpfrag",
      ...(ifMatch === undefined ? {} : { "if-match": ifMatch }),
    },
    body: fragment,
  });
}

export async function statusOf(response: Promise<Response>): Promise<number> {
  const { status, body } = await response;
  await body?.cancel();
  return status;
}
