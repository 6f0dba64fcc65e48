import type { Answer, AnswerTo, Question } from "../../contract/engine-questions.ts";
import type { Stage } from "./compositor/stage.ts";
import { clearCanvas, type Size } from "./sources/picture-source.ts";

/** What main's questions are answered from. */
export interface Answerer {
  readonly stage: Pick<Stage, "snapshot">;
  readonly film: (sourceId: string) => HTMLMediaElement | undefined;
}

export async function answerTo(question: Question, answerer: Answerer): Promise<Answer> {
  return question.about === "picture" ? await picture(question, answerer) : film(question, answerer);
}

type Picture = Extract<Question, { about: "picture" }>;
type Film = Extract<Question, { about: "film" }>;

async function picture({ of, width, height, type, quality }: Picture, { stage }: Answerer): Promise<Answer> {
  const whole = await stage.snapshot(of);
  if (whole === undefined) return null;
  const size = sizeOf(whole, width, height);
  const context = clearCanvas(size);
  context.imageSmoothingQuality = "high";
  context.drawImage(whole, 0, 0, size.width, size.height);
  const blob = await context.canvas.convertToBlob({ type, ...(quality !== null && { quality }) });
  return { about: "picture", base64: await base64Of(blob) };
}

function sizeOf(whole: Size, width: number | null, height: number | null): Size {
  const ratio = whole.width / whole.height;
  return {
    width: width ?? (height === null ? whole.width : Math.max(1, Math.round(height * ratio))),
    height: height ?? (width === null ? whole.height : Math.max(1, Math.round(width / ratio))),
  };
}

const base64Of = (blob: Blob): Promise<string> =>
  new Promise((resolve, reject) => {
    const reader = new FileReader();
    reader.onload = () => resolve(String(reader.result).replace(/^.*?,/, ""));
    reader.onerror = () => reject(reader.error ?? new Error("unreadable"));
    reader.readAsDataURL(blob);
  });

function film({ sourceId, action, seekMs }: Film, { film: elementOf }: Answerer): AnswerTo<Film> {
  const element = elementOf(sourceId);
  if (element === undefined) return null;
  if (action === "pause" || action === "stop") element.pause();
  if (action === "stop" || action === "restart") element.currentTime = 0;
  if (seekMs !== null) element.currentTime = (seekMs.relative ? element.currentTime : 0) + seekMs.to / 1_000;
  // Rejected when it is paused meanwhile.
  if (action === "play" || action === "restart") element.play().catch(() => undefined);
  const { duration, currentTime } = element;
  return {
    about: "film",
    state: stateOf(element),
    cursorMs: Math.round(currentTime * 1_000),
    durationMs: Number.isFinite(duration) ? Math.round(duration * 1_000) : null,
  };
}

function stateOf({ error, readyState, ended, paused, currentTime }: HTMLMediaElement) {
  if (error !== null) return "error";
  if (ended) return "ended";
  if (readyState < HTMLMediaElement.HAVE_CURRENT_DATA) return "opening";
  if (!paused) return "playing";
  return currentTime === 0 ? "stopped" : "paused";
}
