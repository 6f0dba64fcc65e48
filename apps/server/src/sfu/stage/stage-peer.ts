import {
  type ConsumerTerms,
  type DtlsParameters,
  type IceParameters,
  type MediaSource,
  type ParticipantId,
  type RtpCapabilities,
  type RtpParameters,
  STAGE_LIMITS,
  type StageProducer,
} from "@footlight/shared";
import type {
  RtpCapabilities as CapabilityTerms,
  Consumer,
  Producer,
  RtpParameters as RtpTerms,
} from "mediasoup/types";
import type { RtcKind } from "../../stream/rtc.ts";
import type { RtcPeer, StageHold } from "../rtc-port.ts";
import { negotiated, StageFault } from "./stage-fault.ts";
import { type OwnTerms, StageTransport } from "./stage-transport.ts";

/** What the server allows a participant. */
export interface StagePermissions {
  /** Send media, and receive the other participants'. Everybody may receive the programme. */
  readonly onStage: boolean;
  /** Send the programme. */
  readonly host: boolean;
  readonly muted: boolean;
}

export interface StagePeerDeps {
  readonly participantId: ParticipantId;
  readonly hold: StageHold;
  readonly peer: RtcPeer;
  readonly permissions: StagePermissions;
  /** What this participant may receive by this id. */
  readonly producer: (producerId: string, of: StagePeer) => Producer | undefined;
  readonly onChange: () => void;
  readonly onMicrophone: (producer: Producer) => void;
}

interface Sent {
  readonly producer: Producer;
  readonly source: MediaSource;
  /** By the sender's own switch. */
  paused: boolean;
}
type Direction = "send" | "receive";

/** One participant's media in the stage's room, in mediasoup-client's terms. */
export class StagePeer {
  readonly #transports = new Map<Direction, StageTransport>();
  readonly #sent = new Map<string, Sent>();
  readonly #consumers = new Map<string, Consumer>();
  #permissions: StagePermissions;
  #closed = false;

  constructor(private readonly deps: StagePeerDeps) {
    this.#permissions = deps.permissions;
  }

  get participantId(): ParticipantId {
    return this.deps.participantId;
  }

  get permissions(): StagePermissions {
    return this.#permissions;
  }

  get consumers(): Iterable<Consumer> {
    return this.#consumers.values();
  }

  get mediasoupProducers(): Iterable<Producer> {
    return [...this.#sent.values()].map(({ producer }) => producer);
  }

  get producers(): Record<string, StageProducer> {
    return Object.fromEntries(
      [...this.#sent].map(([id, { producer, source }]) => [
        id,
        { kind: producer.kind, source, paused: producer.paused },
      ]),
    );
  }

  producer(producerId: string): Producer | undefined {
    return this.#sent.get(producerId)?.producer;
  }

  /** Applied at once: who leaves the stage is neither seen nor sees the others any more. */
  async permit(permissions: StagePermissions): Promise<void> {
    this.#permissions = permissions;
    if (!permissions.onStage) {
      this.#transports.get("send")?.close();
      for (const consumer of [...this.#consumers.values()]) {
        if (this.deps.producer(consumer.producerId, this) === undefined) consumer.close();
      }
    }
    for (const sent of this.#sent.values()) await this.#applyPause(sent);
  }

  async createTransport(direction: Direction): Promise<OwnTerms> {
    if (direction === "send") this.#mustBeOnStage();
    this.#transports.get(direction)?.close();
    const transport = await StageTransport.create(this.deps.hold, this.deps.peer);
    if (this.#closed || (direction === "send" && !this.#permissions.onStage)) {
      transport.close();
      throw new StageFault("join_again", "left meanwhile");
    }
    this.#transports.get(direction)?.close();
    this.#transports.set(direction, transport);
    transport.onClose(() => {
      if (this.#transports.get(direction) === transport) this.#transports.delete(direction);
    });
    return transport.terms;
  }

  async connectTransport(transportId: string, dtlsParameters: DtlsParameters): Promise<void> {
    await this.#transport(transportId).connect(dtlsParameters);
  }

  async restartIce(transportId: string): Promise<IceParameters> {
    return await this.#transport(transportId).restartIce();
  }

  async produce(request: {
    readonly transportId: string;
    readonly kind: RtcKind;
    readonly source: MediaSource;
    readonly rtpParameters: RtpParameters;
    readonly paused: boolean;
  }): Promise<string> {
    this.#mustBeOnStage();
    const { kind, source, paused } = request;
    if (source === "programme" && !this.#permissions.host) {
      throw new StageFault("forbidden", "only the host sends the programme");
    }
    if (!fits(kind, source)) throw new StageFault("invalid_request", `no ${kind} comes of a ${source}`);
    const transport = this.#transport(request.transportId, "send");
    // A device that was changed replaces its producer.
    for (const [id, sent] of this.#sent) {
      if (sent.source === source && sent.producer.kind === kind) this.closeProducer(id);
    }
    if (this.#sent.size >= STAGE_LIMITS.producersEach) throw new StageFault("stage_full", "too many media");
    const producer = await negotiated("produce", () =>
      transport.media.produce({
        kind,
        rtpParameters: request.rtpParameters as RtpTerms,
        paused: paused || this.#isMuted(source),
      }),
    );
    const sent: Sent = { producer, source, paused };
    this.#sent.set(producer.id, sent);
    producer.observer.once("close", () => {
      this.#sent.delete(producer.id);
      this.deps.onChange();
    });
    producer.on("score", () => this.deps.onChange());
    if (!this.#permissions.onStage || this.#closed) producer.close();
    if (source === "microphone") this.deps.onMicrophone(producer);
    this.deps.onChange();
    return producer.id;
  }

  async setProducerPaused(producerId: string, paused: boolean): Promise<void> {
    const sent = this.#mine(producerId);
    sent.paused = paused;
    await this.#applyPause(sent);
  }

  closeProducer(producerId: string): void {
    this.#mine(producerId).producer.close();
  }

  async consume(request: {
    readonly transportId: string;
    readonly producerIds: readonly string[];
    readonly rtpCapabilities: RtpCapabilities;
  }): Promise<{ consumers: ConsumerTerms[]; missing: string[] }> {
    const transport = this.#transport(request.transportId, "receive");
    const rtpCapabilities = request.rtpCapabilities as CapabilityTerms;
    const consumers: ConsumerTerms[] = [];
    const missing: string[] = [];
    for (const producerId of new Set(request.producerIds)) {
      const producer = this.deps.producer(producerId, this);
      const possible =
        producer !== undefined && this.deps.hold.router.canConsume({ producerId, rtpCapabilities });
      const terms = possible ? await this.#consume(transport, producerId, rtpCapabilities) : undefined;
      if (terms === undefined) missing.push(producerId);
      else consumers.push(terms);
    }
    return { consumers, missing };
  }

  async resumeConsumers(consumerIds: readonly string[]): Promise<void> {
    for (const consumer of this.#received(consumerIds)) await consumer.resume();
  }

  async pauseConsumers(consumerIds: readonly string[]): Promise<void> {
    for (const consumer of this.#received(consumerIds)) await consumer.pause();
  }

  closeConsumers(consumerIds: readonly string[]): void {
    for (const consumer of this.#received(consumerIds)) consumer.close();
  }

  async preferLayers(consumerId: string, spatialLayer: number): Promise<void> {
    for (const consumer of this.#received([consumerId])) await consumer.setPreferredLayers({ spatialLayer });
  }

  close(): void {
    this.#closed = true;
    for (const transport of [...this.#transports.values()]) transport.close();
  }

  async #consume(
    transport: StageTransport,
    producerId: string,
    rtpCapabilities: CapabilityTerms,
  ): Promise<ConsumerTerms | undefined> {
    const consumer = await negotiated("consume", () =>
      transport.media.consume({ producerId, rtpCapabilities, paused: true }),
    );
    this.#consumers.set(consumer.id, consumer);
    consumer.observer.once("close", () => this.#consumers.delete(consumer.id));
    consumer.on("score", () => this.deps.onChange());
    // Sent back, or its producer gone, while the worker answered.
    if (consumer.closed || this.deps.producer(producerId, this) === undefined) {
      consumer.close();
      return undefined;
    }
    const { id, kind, rtpParameters, producerPaused } = consumer;
    return { id, producerId, kind, rtpParameters: rtpParameters as RtpParameters, producerPaused };
  }

  #transport(id: string, direction?: Direction): StageTransport {
    for (const [of, transport] of this.#transports) {
      if (transport.terms.id === id && (direction ?? of) === of) return transport;
    }
    throw new StageFault("not_found", "no such transport of this participant");
  }

  #mine(producerId: string): Sent {
    const sent = this.#sent.get(producerId);
    if (sent === undefined) throw new StageFault("not_found", "no such producer of this participant");
    return sent;
  }

  /** Those that are gone by now are left out. */
  #received(consumerIds: readonly string[]): Consumer[] {
    return consumerIds.flatMap((id) => this.#consumers.get(id) ?? []);
  }

  #mustBeOnStage(): void {
    if (!this.#permissions.onStage) throw new StageFault("not_on_stage", "not admitted");
  }

  #isMuted(source: MediaSource): boolean {
    return this.#permissions.muted && source === "microphone";
  }

  async #applyPause({ producer, source, paused }: Sent): Promise<void> {
    const silent = paused || this.#isMuted(source);
    if (producer.closed || producer.paused === silent) return;
    await (silent ? producer.pause() : producer.resume());
    this.deps.onChange();
  }
}

function fits(kind: RtcKind, source: MediaSource): boolean {
  switch (source) {
    case "camera":
    case "screen":
      return kind === "video";
    case "microphone":
    case "screen_audio":
      return kind === "audio";
    case "programme":
      return true;
  }
}
