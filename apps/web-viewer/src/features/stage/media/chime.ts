const NOTES_HZ = [523.25, 659.25, 783.99] as const;
const NOTE_S = 0.16;

/** Three notes at a speaker, so that somebody knows it is the right one. */
export async function playChime(speaker: string): Promise<void> {
  const context = new AudioContext();
  const sink = new MediaStreamAudioDestinationNode(context);
  const begin = context.currentTime + 0.05;
  for (const [i, frequency] of NOTES_HZ.entries()) {
    const at = begin + i * NOTE_S;
    const tone = new OscillatorNode(context, { type: "triangle", frequency });
    const gain = new GainNode(context, { gain: 0 });
    gain.gain.setTargetAtTime(0.3, at, 0.01);
    gain.gain.setTargetAtTime(0, at + NOTE_S, 0.06);
    tone.connect(gain).connect(sink);
    tone.start(at);
    tone.stop(at + 1);
  }
  const audio = new Audio();
  audio.srcObject = sink.stream;
  // Not in every browser; and the speaker may be gone.
  if ("setSinkId" in audio) await audio.setSinkId(speaker).catch(() => {});
  await audio.play().catch(() => {});
  setTimeout(() => void context.close(), 2_000);
}
