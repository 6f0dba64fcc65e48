import type { ParticipantId, StageState } from "@footlight/shared";
import type { ActiveSpeakerObserver, AudioLevelObserver, Producer } from "mediasoup/types";
import type { RtcPeer, StageHold } from "../rtc-port.ts";
import { networkQuality } from "./network-quality.ts";
import { StagePeer, type StagePermissions } from "./stage-peer.ts";
import { VoicesTap, type VoicesTapOutput } from "./voices-tap.ts";

/** How often loudness is told. */
const LEVEL_INTERVAL_MS = 300;
/** Quieter than this is silence, dBov. */
const LEVEL_THRESHOLD = -70;
export const SILENCE = -127;

/** What the room knows of one participant's media. */
export interface PeerMedia {
  readonly producers: StagePeer["producers"];
  readonly level: number;
  readonly network: StageState["participants"][string]["network"];
}

/** The media of one stage, as long as its hold on the stream's room lasts. */
export class StageRoom {
  readonly #peers = new Map<ParticipantId, StagePeer>();
  readonly #levels = new Map<ParticipantId, number>();
  /** Microphones, by producer. */
  readonly #voices = new Map<
    string,
    { readonly participantId: ParticipantId; readonly producer: Producer }
  >();
  readonly #taps = new Set<VoicesTap>();
  #activeSpeaker: ParticipantId | null = null;

  /** `onChange`: what the getters say is not what they said. The room owns the hold from here on. */
  static async create(hold: StageHold, onChange: () => void): Promise<StageRoom> {
    try {
      const [levels, speaker] = await Promise.all([
        hold.router.createAudioLevelObserver({
          maxEntries: 16,
          threshold: LEVEL_THRESHOLD,
          interval: LEVEL_INTERVAL_MS,
        }),
        hold.router.createActiveSpeakerObserver({ interval: LEVEL_INTERVAL_MS }),
      ]);
      return new StageRoom(hold, levels, speaker, onChange);
    } catch (error) {
      hold.release();
      throw error;
    }
  }

  private constructor(
    private readonly hold: StageHold,
    private readonly levels: AudioLevelObserver,
    private readonly speaker: ActiveSpeakerObserver,
    private readonly onChange: () => void,
  ) {
    hold.onProgramme(onChange);
    levels.on("volumes", (volumes) => {
      this.#levels.clear();
      for (const { producer, volume } of volumes) {
        const participant = this.#voices.get(producer.id)?.participantId;
        if (participant !== undefined) this.#levels.set(participant, Math.max(SILENCE, Math.min(0, volume)));
      }
      onChange();
    });
    levels.on("silence", () => {
      this.#levels.clear();
      onChange();
    });
    speaker.on("dominantspeaker", ({ producer }) => {
      this.#activeSpeaker = this.#voices.get(producer.id)?.participantId ?? null;
      onChange();
    });
  }

  /** Aborted when all of it is gone: `worker_died`, or after `close`. */
  get closed(): AbortSignal {
    return this.hold.closed;
  }

  get rtpCapabilities(): StageHold["rtpCapabilities"] {
    return this.hold.rtpCapabilities;
  }

  get activeSpeaker(): ParticipantId | null {
    return this.#activeSpeaker;
  }

  get programme(): StageState["programme"] {
    const { video, audio } = this.hold.programme ?? {};
    const producers = [video, audio].filter((producer) => producer !== undefined);
    return Object.fromEntries(producers.map(({ id, kind }) => [id, { kind }]));
  }

  /** A participant's media begin; those that there were end. */
  enter(participantId: ParticipantId, peer: RtcPeer, permissions: StagePermissions): StagePeer {
    this.#peers.get(participantId)?.close();
    const entered: StagePeer = new StagePeer({
      participantId,
      hold: this.hold,
      peer,
      permissions,
      producer: (id, of) => this.#producerFor(id, of),
      onChange: this.onChange,
      onMicrophone: (producer) => this.#listen(participantId, producer),
    });
    this.#peers.set(participantId, entered);
    return entered;
  }

  leave(peer: StagePeer): void {
    peer.close();
    if (this.#peers.get(peer.participantId) === peer) this.#peers.delete(peer.participantId);
  }

  mediaOf(participantId: ParticipantId): PeerMedia | undefined {
    const peer = this.#peers.get(participantId);
    if (peer === undefined) return undefined;
    return {
      producers: peer.producers,
      level: this.#levels.get(participantId) ?? SILENCE,
      network: networkQuality(peer.mediasoupProducers, peer.consumers),
    };
  }

  /** The guests' microphones, of those who come later too; not the host's. */
  async tapGuests(output: VoicesTapOutput): Promise<VoicesTap> {
    const tap = await VoicesTap.create(this.hold.router, output);
    this.#taps.add(tap);
    tap.closed.addEventListener("abort", () => this.#taps.delete(tap), { once: true });
    for (const { participantId, producer } of [...this.#voices.values()]) {
      if (!this.#isHost(participantId)) await tap.add(producer);
    }
    return tap;
  }

  close(): void {
    for (const tap of [...this.#taps]) tap.close();
    for (const peer of this.#peers.values()) peer.close();
    this.#peers.clear();
    this.levels.close();
    this.speaker.close();
    this.hold.release();
  }

  /** The others on stage for who is on stage; the programme for everybody. */
  #producerFor(id: string, of: StagePeer): Producer | undefined {
    const { video, audio } = this.hold.programme ?? {};
    if (video?.id === id) return video;
    if (audio?.id === id) return audio;
    if (!of.permissions.onStage) return undefined;
    for (const peer of this.#peers.values()) {
      const producer = peer === of ? undefined : peer.producer(id);
      if (producer !== undefined) return producer;
    }
    return undefined;
  }

  #isHost(participantId: ParticipantId): boolean {
    return this.#peers.get(participantId)?.permissions.host === true;
  }

  #listen(participantId: ParticipantId, producer: Producer): void {
    if (producer.closed) return;
    this.#voices.set(producer.id, { participantId, producer });
    if (!this.#isHost(participantId)) {
      // What fails here fails for all: the worker is dying, and the taps with it.
      for (const tap of this.#taps) tap.add(producer).catch(() => tap.close());
    }
    producer.observer.once("close", () => {
      this.#voices.delete(producer.id);
      this.#levels.delete(participantId);
      if (this.#activeSpeaker === participantId) this.#activeSpeaker = null;
    });
    const { id: producerId } = producer;
    // It may be gone before the worker hears of it.
    this.levels.addProducer({ producerId }).catch(() => {});
    this.speaker.addProducer({ producerId }).catch(() => {});
  }
}
