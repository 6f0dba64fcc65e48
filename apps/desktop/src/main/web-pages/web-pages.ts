import { MessageChannelMain, type MessagePortMain, type Session, type WebContents } from "electron";
import type { PortNotice } from "../../contract/engine-bridge.ts";
import type { StudioDocument } from "../../model/document.ts";
import { type PageSettings, WebPage } from "./web-page.ts";

/** A page that is shut down when it is hidden outlives a switch to and fro. */
const LINGER_MS = 2_000;

interface World {
  readonly session: Session;
  document(): StudioDocument;
  engine(): WebContents | undefined;
  deal(notice: PortNotice, port: MessagePortMain): void;
}

/** The document's web pages as windows, opened when the engine first wants to show them. */
export class WebPages implements Disposable {
  readonly #pages = new Map<string, WebPage>();
  readonly #lingering = new Map<string, NodeJS.Timeout>();

  constructor(private readonly world: World) {}

  /** Whether any scene that is seen has it, as the engine says. */
  want(sourceId: string, wanted: boolean): void {
    clearTimeout(this.#lingering.get(sourceId));
    this.#lingering.delete(sourceId);
    if (wanted && !this.#pages.has(sourceId)) this.#open(sourceId);
    const page = this.#pages.get(sourceId);
    page?.setVisible(wanted);
    if (!wanted && page?.closesWhenHidden)
      this.#lingering.set(
        sourceId,
        setTimeout(() => this.#close(sourceId), LINGER_MS),
      );
  }

  reload(sourceId: string): void {
    this.#pages.get(sourceId)?.load();
  }

  /** After each change of the document. The engine asks anew for what was made anew. */
  follow(): void {
    for (const [id, page] of this.#pages) {
      const settings = this.#settingsOf(id);
      if (settings === undefined || !page.update(settings)) this.#close(id);
    }
  }

  /** A new engine knows of no page. */
  engineIsNew(): void {
    for (const id of this.#pages.keys()) this.#close(id);
  }

  [Symbol.dispose](): void {
    this.engineIsNew();
  }

  #open(sourceId: string, failures = 0): void {
    const settings = this.#settingsOf(sourceId);
    if (settings === undefined) return;
    const { port1, port2 } = new MessageChannelMain();
    const engine = () => this.world.engine();
    const onGone = (count: number) => this.#openAgain(sourceId, count);
    this.#pages.set(sourceId, new WebPage(settings, this.world.session, port1, engine, onGone, failures));
    this.world.deal({ studioPort: "page", sourceId }, port2);
  }

  #openAgain(sourceId: string, failures: number): void {
    const isVisible = this.#pages.get(sourceId)?.isVisible ?? false;
    this.#close(sourceId);
    this.#open(sourceId, failures);
    this.#pages.get(sourceId)?.setVisible(isVisible);
  }

  #close(sourceId: string): void {
    clearTimeout(this.#lingering.get(sourceId));
    this.#lingering.delete(sourceId);
    this.#pages.get(sourceId)?.[Symbol.dispose]();
    this.#pages.delete(sourceId);
  }

  #settingsOf(sourceId: string): PageSettings | undefined {
    const settings = this.world.document().sources[sourceId]?.settings;
    return settings?.kind === "browser" ? settings : undefined;
  }
}
