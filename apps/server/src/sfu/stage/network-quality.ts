import type { Participant } from "@footlight/shared";
import type { Consumer, Producer } from "mediasoup/types";

/** mediasoup's scores go from 0 (nothing comes) to 10 (nothing is lost). */
const GOOD = 8;
const FAIR = 5;

/** How well one participant's media get through, both ways; null while none flow. */
export function networkQuality(
  producers: Iterable<Producer>,
  consumers: Iterable<Consumer>,
): Participant["network"] {
  const scores: number[] = [];
  for (const producer of producers) {
    // Of simulcast the best layer that comes: the others may be switched off.
    const layers = producer.score.map(({ score }) => score);
    if (!producer.paused && layers.length > 0) scores.push(Math.max(...layers));
  }
  for (const consumer of consumers) {
    if (!consumer.paused && !consumer.producerPaused && consumer.score.producerScore > 0) {
      scores.push(consumer.score.score);
    }
  }
  if (scores.length === 0) return null;
  const worst = Math.min(...scores);
  return worst >= GOOD ? "good" : worst >= FAIR ? "fair" : "poor";
}
