import type { Page } from "playwright-core";
import {
  LossyUdp,
  type LossyWay,
  throughPort,
  udpPortOf,
  withoutCandidates,
} from "../../server/src/testing/lossy-udp.ts";

/** What the ultra tier is to bear: 5 % loss and 50 ms of jitter, both ways. */
export const BAD: LossyWay = { lossPercent: 5, jitterMs: 50 };

/** Where a page posts its offers, for whichever protocol. */
const ENDPOINTS = /\/(whip|whep\/[^/]+)$/;

/** The page's WebRTC goes over such a line from its next session on; `lines` grows with each. */
export async function throughLine(page: Page, way: LossyWay, seed = 1): Promise<LossyUdp[]> {
  const lines: LossyUdp[] = [];
  await rewriteAnswers(page, async (answer) => {
    const line = await LossyUdp.open({ targetPort: udpPortOf(answer), up: way, down: way, seed });
    lines.push(line);
    return throughPort(answer, line.port);
  });
  return lines;
}

/** As behind a firewall that lets no UDP through. */
export const withoutUdp = (page: Page): Promise<void> =>
  rewriteAnswers(page, async (answer) => withoutCandidates("udp", answer));

/** As behind a firewall that lets nothing through but to a TURN server: for pages that are opened from now on. */
export const withRelayAlone = (page: Pick<Page, "addInitScript">): Promise<unknown> =>
  page.addInitScript(() => {
    const Peer = globalThis.RTCPeerConnection;
    globalThis.RTCPeerConnection = class extends Peer {
      constructor(configuration: RTCConfiguration = {}) {
        super({ ...configuration, iceTransportPolicy: "relay" });
        Object.assign(globalThis, { held: { pc: this } });
      }
    };
  });

async function rewriteAnswers(page: Page, rewrite: (answer: string) => Promise<string>): Promise<void> {
  await page.route(ENDPOINTS, async (route) => {
    const response = await route.fetch();
    if (response.status() !== 201) return route.fulfill({ response });
    return route.fulfill({ response, body: await rewrite(await response.text()) });
  });
}

/** What the media of a page's session go by, as the browser says (W3C webrtc-stats): `udp host`, `udp relay`, … */
export const wayOf = (page: Page): Promise<string> =>
  page.evaluate(async () => {
    const { pc } = (globalThis as unknown as { held: { pc: RTCPeerConnection } }).held;
    const stats = (await pc.getStats()) as unknown as Map<string, Record<string, string>>;
    const transport = [...stats.values()].find(({ type }) => type === "transport");
    const pair = stats.get(transport?.["selectedCandidatePairId"] ?? "");
    const { protocol, candidateType } = stats.get(pair?.["localCandidateId"] ?? "") ?? {};
    return `${protocol} ${candidateType}`;
  });
