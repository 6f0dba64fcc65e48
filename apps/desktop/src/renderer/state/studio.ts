import { Store } from "@footlight/ui/store.ts";
import type { CallInput, CallOutput, StudioBridge, StudioCall } from "../../contract/studio-calls.ts";
import type { News } from "../../contract/studio-topics.ts";
import type { Command } from "../../model/commands.ts";
import type { Scene, StudioDocument } from "../../model/document.ts";
import { sceneOf } from "../../model/lookup.ts";
import { Beat } from "./beat.ts";
import { Monitor } from "./monitor.ts";
import { newsWords } from "./news-words.ts";
import { type SelectionChannel, shareSelection } from "./shared-selection.ts";
import { listenTo, type Topics } from "./topics.ts";
import { Trends } from "./trends.ts";
import { refusalWords } from "./words.ts";

/** Says something to the person for a moment, or until they put it away; with one thing to do about it. */
export type Tell = (
  words: string,
  tone: "good" | "bad",
  action?: { readonly label: string; readonly run: () => void },
  stays?: boolean,
) => void;

export type Sheet = "live" | "settings" | "words" | null;

/** The control window's one view-model: what main says, what is selected, and how things are asked of main. */
export class Studio {
  readonly topics: Topics;
  readonly monitor: Monitor;
  readonly trends: Trends;
  readonly beat = new Beat();
  /** Ids of items in the scene that is being edited. */
  readonly selection = new Store<readonly string[]>([]);
  /** What is open over the control room. */
  readonly sheet = new Store<Sheet>(null);

  constructor(
    private readonly bridge: StudioBridge,
    private readonly tell: Tell,
  ) {
    this.topics = listenTo(bridge);
    this.trends = new Trends(this.topics);
    this.monitor = new Monitor(
      (size) => void this.call("monitor", size).catch(() => undefined),
      () => this.beat.strike(),
    );
    this.topics.levels.subscribe(() => this.beat.ask());
    this.topics.engine.subscribe(() =>
      this.monitor.spare(this.topics.engine.get()?.compositor === "canvas2d"),
    );
    this.topics.document.subscribe(() => this.dropStaleSelection());
  }

  call<C extends StudioCall>(name: C, input: CallInput<C>): Promise<CallOutput<C>> {
    return this.bridge.call(name, input);
  }

  /** A call whose failure nobody can do more about than be told. */
  async ask<C extends StudioCall>(name: C, input: CallInput<C>): Promise<CallOutput<C> | null> {
    try {
      return await this.call(name, input);
    } catch {
      this.tell("The studio could not do that. Try again, or close and open it.", "bad");
      return null;
    }
  }

  /** True when it was done; else why not has been said. */
  async do(command: Command, gesture: string | null = null): Promise<boolean> {
    const answer = await this.ask("document.do", { command, gesture });
    if (answer?.refusal) this.tell(refusalWords(answer.refusal), "bad");
    return answer !== null && answer.refusal === null;
  }

  /** For what takes something away: it is said, with the way back. */
  async doAndTell(command: Command, words: string): Promise<void> {
    if (await this.do(command)) this.tell(words, "good", { label: "Undo", run: () => this.undo() });
  }

  undo(): void {
    void this.ask("document.undo", undefined);
  }

  redo(): void {
    void this.ask("document.redo", undefined);
  }

  say(words: string, tone: "good" | "bad" = "good"): void {
    this.tell(words, tone);
  }

  /** What main has told once. */
  tellNews(news: News): void {
    const said = newsWords(news);
    if (said === null) return;
    const { words, tone, hasFile = false, stays = false } = said;
    const show = {
      label: "Show the file",
      run: () => void this.ask("news.show-file", { number: news.number }),
    };
    this.tell(words, tone, hasFile ? show : undefined, stays);
  }

  select(itemIds: readonly string[]): void {
    this.selection.set(itemIds);
  }

  /** What is selected in one of the studio's windows is selected in all of them. */
  shareSelection(channel: SelectionChannel): void {
    shareSelection(this.selection, channel);
  }

  /** An item that an undo has taken away, or of the scene that was edited before, is no longer held. */
  private dropStaleSelection(): void {
    const scene = editedScene(this.topics.document.get());
    const known = this.selection.get().filter((id) => scene?.items.some((item) => item.id === id));
    if (known.length !== this.selection.get().length) this.selection.set(known);
  }
}

/** In studio mode the scene that is being prepared, else what is on air. */
export const editedScene = (document: StudioDocument | null): Scene | undefined =>
  document ? sceneOf(document, document.previewSceneId ?? document.programmeSceneId) : undefined;

export const newId = (): string => crypto.randomUUID().slice(0, 13);
