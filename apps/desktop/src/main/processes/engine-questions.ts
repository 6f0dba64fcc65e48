import type { FromEngineControl, ToEngineControl } from "../../contract/engine-control.ts";
import type { Answer, AnswerTo, Question } from "../../contract/engine-questions.ts";

const PATIENCE_MS = 10_000;
const MAX_OPEN = 32;

/** Questions that wait for the engine's answer; one that is silent for long has none. */
export class EngineQuestions implements Disposable {
  readonly #open = new Map<string, (answer: Answer) => void>();
  #next = 1;

  constructor(private readonly engine: () => { send(message: ToEngineControl): void }) {}

  async ask<Q extends Question>(question: Q): Promise<AnswerTo<Q>> {
    if (this.#open.size >= MAX_OPEN) return null;
    const id = String(this.#next++);
    let late: NodeJS.Timeout | undefined;
    const answer = await new Promise<Answer>((resolve) => {
      this.#open.set(id, resolve);
      late = setTimeout(() => resolve(null), PATIENCE_MS);
      this.engine().send({ kind: "question", id, question });
    });
    clearTimeout(late);
    this.#open.delete(id);
    return answer?.about === question.about ? (answer as AnswerTo<Q>) : null;
  }

  take(message: FromEngineControl): void {
    if (message.kind === "answer") this.#open.get(message.id)?.(message.answer);
  }

  [Symbol.dispose](): void {
    for (const answer of this.#open.values()) answer(null);
  }
}
