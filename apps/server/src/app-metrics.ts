import type { PublishRefusal } from "@footlight/shared";
import { Counter, Gauge } from "prom-client";
import type { BeaconResult } from "./api/beacon-routes.ts";
import type { Broadcasts } from "./broadcast/broadcasts.ts";
import type { RtmpMetrics, RtmpRefusal } from "./ingest/rtmp/metrics.ts";
import type { RtmpServer } from "./ingest/rtmp/rtmp-server.ts";
import type { Slates } from "./ingest/slate/slates.ts";
import type { WhipMetrics } from "./ingest/whip/metrics.ts";
import type { WhipIngest } from "./ingest/whip/whip-ingest.ts";
import type { PackagerManager } from "./packager/packager-manager.ts";
import type { Metrics } from "./platform/metrics.ts";
import type { RealtimeServer } from "./realtime/realtime-server.ts";
import type { RtcEngine } from "./sfu/rtc-engine.ts";
import type { RtcMetrics } from "./sfu/rtc-metrics.ts";

/** Publishers turned away, by whatever protocol they came. */
export function publishRefusals(registers: Metrics[]): (code: RtmpRefusal) => void {
  const refused = new Counter({
    name: "footlight_publish_refused_total",
    help: "Publishers turned away",
    labelNames: ["code"],
    registers,
  });
  return (code) => refused.inc({ code });
}

/** What RTMP counts, on the registry. */
export function rtmpMetrics(
  registers: Metrics[],
  publishRefused: RtmpMetrics["publishRefused"],
): RtmpMetrics {
  const opened = new Counter({
    name: "footlight_rtmp_connections_total",
    help: "RTMP connections accepted",
    labelNames: ["protocol"],
    registers,
  });
  const rejected = new Counter({
    name: "footlight_rtmp_connections_rejected_total",
    help: "Connections turned away by a bound, before a byte was read",
    labelNames: ["bound"],
    registers,
  });
  const closed = new Counter({
    name: "footlight_rtmp_sessions_ended_total",
    help: "RTMP sessions by how they ended",
    labelNames: ["protocol", "outcome"],
    registers,
  });
  const received = new Counter({
    name: "footlight_rtmp_received_bytes_total",
    help: "Bytes read from RTMP connections",
    registers,
  });
  const dropped = new Counter({
    name: "footlight_rtmp_messages_dropped_total",
    help: "Media before publish, malformed or without configuration",
    registers,
  });
  return {
    connectionOpened: (protocol) => opened.inc({ protocol }),
    connectionRejected: (bound) => rejected.inc({ bound }),
    connectionClosed: (protocol, outcome) => closed.inc({ protocol, outcome }),
    publishRefused,
    bytesReceived: (bytes) => received.inc(bytes),
    messagesDropped: (count) => dropped.inc(count),
  };
}

/** What WHIP counts. */
export function whipMetrics(
  registers: Metrics[],
  publishRefused: (code: PublishRefusal) => void,
): WhipMetrics {
  const counter = (name: string, help: string) =>
    new Counter({ name: `footlight_whip_${name}_total`, help, registers });
  const opened = counter("sessions", "WHIP publishers let in");
  const received = counter("received_bytes", "Bytes of RTP from WHIP publishers");
  const lost = counter("packets_lost", "RTP packets given up on after waiting for them");
  const dropped = counter("frames_dropped", "Pictures broken by a loss, and those left out behind it");
  const requested = counter("keyframe_requests", "Keyframes asked of WHIP publishers");
  const closed = new Counter({
    name: "footlight_whip_sessions_ended_total",
    help: "WHIP publications by how they ended",
    labelNames: ["outcome"],
    registers,
  });
  return {
    sessionOpened: () => opened.inc(),
    sessionClosed: (outcome) => closed.inc({ outcome }),
    publishRefused,
    bytesReceived: (bytes) => received.inc(bytes),
    packetsLost: (count) => lost.inc(count),
    framesDropped: () => dropped.inc(),
    keyframeRequested: () => requested.inc(),
  };
}

/** Units that slow consumers lost. */
export function droppedUnits(registers: Metrics[]): (consumer: string, units: number) => void {
  const dropped = new Counter({
    name: "footlight_hub_dropped_units_total",
    help: "Units that a consumer was too slow for",
    labelNames: ["consumer"],
    registers,
  });
  return (consumer, units) => dropped.inc({ consumer }, units);
}

/** What became of players' beacons. */
export function beaconCounter(registers: Metrics[]): (result: BeaconResult) => void {
  const beacons = new Counter({
    name: "footlight_beacons_total",
    help: "Players' beacons by what became of them",
    labelNames: ["result"],
    registers,
  });
  return (result) => beacons.inc({ result });
}

/** What WebRTC counts. */
export function rtcMetrics(registers: Metrics[]): RtcMetrics {
  const ended = new Counter({
    name: "footlight_rtc_sessions_ended_total",
    help: "WebRTC sessions by how they ended",
    labelNames: ["role", "end"],
    registers,
  });
  const refused = new Counter({
    name: "footlight_rtc_refused_total",
    help: "WebRTC offers that no session came of",
    labelNames: ["code"],
    registers,
  });
  const deaths = new Counter({
    name: "footlight_rtc_worker_deaths_total",
    help: "Media workers that died and were replaced",
    registers,
  });
  return {
    sessionEnded: (role, end) => ended.inc({ role, end }),
    refused: (code) => refused.inc({ code }),
    workerDied: () => deaths.inc(),
  };
}

/** Read when they are asked for. */
export function gauges(
  registers: Metrics[],
  from: {
    readonly broadcasts: Broadcasts;
    readonly packagers: PackagerManager;
    readonly rtmp: RtmpServer;
    readonly whip: WhipIngest;
    readonly rtc: RtcEngine;
    readonly slates: Slates;
    readonly realtime: RealtimeServer;
  },
): void {
  const gauge = (name: string, help: string, read: () => number) =>
    new Gauge({
      name: `footlight_${name}`,
      help,
      registers,
      collect() {
        this.set(read());
      },
    });
  const sum = (read: (broadcast: ReturnType<Broadcasts["list"]>[number]) => number) =>
    from.broadcasts.list().reduce((total, broadcast) => total + read(broadcast), 0);
  gauge("streams", "Streams that run: live or interrupted", () => from.broadcasts.list().length);
  gauge("rtmp_connections", "Open RTMP connections", () => from.rtmp.connections);
  gauge("whip_sessions", "WHIP publishers connected or connecting", () => from.whip.sessions);
  gauge("slates", "Streams that a slate stands in for", () => from.slates.running);
  gauge("rungs_awake", "Qualities that are encoded because somebody watches them", () =>
    sum((broadcast) => broadcast.stats()?.awake.length ?? 0),
  );
  gauge("transcoder_restarts", "Restarts of the running streams' transcoders", () =>
    sum((broadcast) => broadcast.stats()?.restarts ?? 0),
  );
  gauge("transcoder_dropped_units", "Units that blocked transcoders of running streams lost", () =>
    sum((broadcast) => broadcast.stats()?.droppedUnits ?? 0),
  );
  gauge("packager_memory_bytes", "Segments held in memory", () =>
    sum((broadcast) => broadcast.packager?.stats().memoryBytes ?? 0),
  );
  gauge("packager_lost_segments", "Segments of running streams that could not be stored", () =>
    sum((broadcast) => broadcast.packager?.stats().lostSegments ?? 0),
  );
  gauge("blocked_requests", "Playlist requests that wait for the next segment", () =>
    sum((broadcast) => broadcast.packager?.blocked ?? 0),
  );
  gauge("realtime_connections", "Open sockets of /realtime", () => from.realtime.connections);
  gauge("rtc_workers", "Media workers that run", () => from.rtc.workers.length);
  gauge("rtc_rooms", "Streams with a WebRTC room", () => from.rtc.stats().rooms);
  gauge("rtc_viewers", "WHEP sessions", () => from.rtc.stats().viewers);
  gauge("rtc_publishers", "WHIP sessions", () => from.rtc.stats().publishers);
  gauge("storage_ok", "1 while segments are stored", () => (from.packagers.storage.state === "ok" ? 1 : 0));
}
