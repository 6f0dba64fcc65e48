/** Sounds of many as one track, each at full. */
export class SoundMixer {
  readonly #context = new AudioContext({ sampleRate: 48_000 });
  readonly #sink = new MediaStreamAudioDestinationNode(this.#context);
  /** Several voices at once must not clip. */
  readonly #limiter = new DynamicsCompressorNode(this.#context, {
    ...{ threshold: -3, knee: 0, ratio: 20, attack: 0.003, release: 0.1 },
  });
  readonly #inputs = new Map<MediaStreamTrack, MediaStreamAudioSourceNode>();

  constructor() {
    this.#limiter.connect(this.#sink);
  }

  get track(): MediaStreamTrack {
    const [track] = this.#sink.stream.getAudioTracks();
    if (track === undefined) throw new Error("a mix without a track");
    return track;
  }

  mix(tracks: ReadonlySet<MediaStreamTrack>): void {
    if (this.#context.state === "suspended") void this.#context.resume();
    for (const [track, input] of this.#inputs) {
      if (tracks.has(track)) continue;
      input.disconnect();
      this.#inputs.delete(track);
    }
    for (const track of tracks) {
      if (this.#inputs.has(track) || track.readyState === "ended") continue;
      const input = this.#context.createMediaStreamSource(new MediaStream([track]));
      input.connect(this.#limiter);
      this.#inputs.set(track, input);
    }
  }

  close(): void {
    for (const input of this.#inputs.values()) input.disconnect();
    this.#inputs.clear();
    void this.#context.close();
  }
}
