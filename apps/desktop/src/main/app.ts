import { existsSync } from "node:fs";
import { join } from "node:path";
import { setTimeout } from "node:timers/promises";
import { app, dialog, safeStorage, session, shell } from "electron";
import { Account } from "./account/account.ts";
import { UnattendedSignIn } from "./account/unattended-sign-in.ts";
import { Ledger } from "./broadcast/ledger.ts";
import { Markers } from "./broadcast/markers.ts";
import { OnAir } from "./broadcast/on-air.ts";
import { TargetBook } from "./broadcast/target-book.ts";
import { freshDocument } from "./document/fresh-document.ts";
import { takeHotkeys, withProfile, withRecording } from "./document/import-file.ts";
import { namedFiles } from "./document/named-files.ts";
import { openDocument } from "./document/open-document.ts";
import { callHandlers } from "./ipc/call-handlers.ts";
import { windowsNow } from "./ipc/capture-list.ts";
import { giveDesktopSound } from "./ipc/desktop-sound.ts";
import { FileDialogs } from "./ipc/file-dialogs.ts";
import { StudioServer } from "./ipc/studio-server.ts";
import { Topics } from "./ipc/topics.ts";
import { WindowBook } from "./ipc/window-book.ts";
import { Measure } from "./measure/measure.ts";
import { EngineQuestions } from "./processes/engine-questions.ts";
import { MediaProcesses } from "./processes/media-processes.ts";
import { Monitor } from "./processes/monitor.ts";
import { Vitals } from "./processes/vitals.ts";
import { TalkDesk } from "./sound/talk-desk.ts";
import { StageHost } from "./stage/stage-host.ts";
import { surround } from "./surroundings.ts";
import type { Arguments } from "./system/arguments.ts";
import { pageOfLink } from "./system/deep-link.ts";
import { DisposalStack } from "./system/disposal.ts";
import { makeLog } from "./system/log.ts";
import { Preferences } from "./system/preferences.ts";
import { Secrets } from "./system/secrets.ts";
import { PageFiles } from "./web-pages/page-files.ts";
import { pageSession } from "./web-pages/page-session.ts";
import { WebPages } from "./web-pages/web-pages.ts";
import { AppFiles } from "./windows/app-files.ts";
import { ControlWindow } from "./windows/control-window.ts";
import { LayoutKeeper } from "./windows/layout-keeper.ts";
import { PanelWindows } from "./windows/panel-windows.ts";
import { denyNavigation, guardPermissions } from "./windows/security.ts";
import { WindowState } from "./windows/window-state.ts";

/** A window that takes longer does not hold the engine up. */
const ENGINE_LATEST_MS = 1_500;

/** Builds the studio and joins its parts; disposing it unwinds them in reverse. */
export class App implements AsyncDisposable {
  private constructor(
    private readonly stack: DisposalStack,
    private readonly control: ControlWindow,
    private readonly onAir: OnAir,
    private readonly topics: Topics,
  ) {}

  static async create(args: Arguments, dist: string): Promise<App> {
    const folder = app.getPath("userData");
    const log = makeLog(folder);
    const stack = new DisposalStack((name, error) =>
      log.error({ err: error, resource: name }, "closing failed"),
    );
    const unkept = (what: string) => (error: unknown) => log.error({ err: error }, `${what} cannot be kept`);

    const topics = new Topics();
    const preferences = stack.use(
      "preferences",
      await Preferences.open(folder, join(app.getPath("videos"), "Footlight"), unkept("settings"), (path) =>
        topics.tell("settings_broken", path),
      ),
    );
    if (args.server !== undefined) preferences.changeSettings({ welcomed: true });
    const secrets = stack.use("secrets", await Secrets.open(folder, safeStorage, unkept("secrets")));
    if (!secrets.isKept) topics.tell("secrets_not_kept");
    const account = new Account(preferences, secrets, topics);
    if (args.server !== undefined) account.suggest(args.server);
    const unattended = stack.use(
      "unattended sign-in",
      new UnattendedSignIn(account, (fault) => {
        log.warn({ fault }, "the sign-in that the command line asks for failed");
        topics.tell("sign_in_failed", fault);
      }),
    );
    const { server, username, password } = args;
    if (server !== undefined && username !== undefined && password !== undefined)
      void unattended.run({ server, username, password });
    const { keeper, collections } = await openDocument(folder, topics, stack, freshDocument);

    guardPermissions(session.defaultSession);
    denyNavigation();
    giveDesktopSound(session.defaultSession);
    stack.use(
      "files",
      new AppFiles(session.defaultSession, join(dist, "pages"), (path) =>
        namedFiles(keeper.document).has(path),
      ),
    );

    const folderOfRecordings = () => preferences.values.settings.recording.folder;
    const vitals = stack.use("vitals", new Vitals(topics, folderOfRecordings));
    const book = new TargetBook(preferences, secrets, account);
    const spools = join(folder, "unsent");
    const onAir = new OnAir({ topics, preferences, account, book, spools, processes: () => processes });
    const ledger = new Ledger((report) => topics.publish("report", report));
    stack.defer("ledger", topics.listen(ledger.hear));
    const markers = new Markers({
      send: (message) => processes.encoder.send(message),
      publish: (now) => topics.publish("markers", [...now]),
    });
    stack.defer("markers", topics.listen(markers.hear));
    const talk = stack.use(
      "talk keys",
      new TalkDesk({
        send: (message) => processes.engine.send(message),
        publish: (talking) => topics.publish("talking", talking),
        repeats: process.platform !== "darwin",
      }),
    );
    topics.publish("settings", preferences.values.settings);
    preferences.onChange(({ settings }) => {
      topics.publish("settings", settings);
      onAir.publish();
      void stage.follow();
    });

    const unkeptPlace = unkept("the window's place");
    const state = stack.use(
      "window state",
      await WindowState.read(folder, "window", { width: 1280, height: 800 }, unkeptPlace),
    );
    const layout = stack.use("layout", await LayoutKeeper.open(folder, unkept("the layout")));
    layout.follow((now) => topics.publish("layout", now));
    const panels = new PanelWindows(dist, folder, layout, {
      around: () => control.window?.getBounds(),
      onCrash: (panel, reason) => log.warn({ panel, reason }, "a panel's window ended and is docked again"),
      onUnkept: unkeptPlace,
    });
    const control = new ControlWindow(dist, state, {
      onClose: () => mayClose(onAir, control),
      onClosed: () => app.quit(),
      onCrash: (reason) => log.warn({ reason }, "the control window's page ended and is loaded anew"),
    });
    const stage = stack.use(
      "stage",
      new StageHost({ account, topics, toEngine: (message) => processes.engine.send(message) }),
    );
    const monitor = new Monitor(() => processes, control);
    const questions = stack.use("questions", new EngineQuestions(() => processes.engine));
    const processes = new MediaProcesses(
      dist,
      join(dist, "encoder.cjs"),
      () => [
        { kind: "document", document: keeper.document },
        { kind: "panic", on: onAir.panic },
        monitor.first(),
        stage.first(),
      ],
      {
        onState: (states) => {
          vitals.takeStates(states);
          onAir.takeStates(states);
        },
        onBack: (which) => void onAir.resume(which),
        fromEngine: (message) => {
          if (message.kind === "ready") {
            monitor.engineIsNew();
            pages.engineIsNew();
            talk.tellAgain();
          }
          if (message.kind === "find-window") void findWindow(message.id);
          if (message.kind === "page") pages.want(message.id, message.wanted);
          questions.take(message);
          vitals.takeEngine(message);
          onAir.take(message);
          stage.take(message);
        },
        fromEncoder: (message) => {
          if (message.kind === "figures") {
            vitals.takeFigures(message);
            onAir.takeFigures(message);
          } else if (message.kind === "encoders") topics.publish("encoders", message.encoders);
          else if (message.kind === "marker") markers.take(message);
          else onAir.take(message);
          if (message.kind === "sound") vitals.takeSound(message.works);
          if (message.kind === "fault") log.warn({ area: message.area }, `encoder: ${message.cause}`);
          if (message.kind === "fault" && message.area === "encoder-hopeless")
            vitals.takeHopeless(message.cause);
        },
        onFault: (what, detail) => log.warn({ detail }, what),
        onLog: (line) => log.info({ from: "encoder" }, line),
      },
    );
    const windows = new WindowBook(windowsNow);
    const findWindow = async (id: string) => {
      const settings = keeper.document.sources[id]?.settings;
      const windowId = settings?.kind === "window" ? await windows.find(settings) : null;
      processes.engine.send({ kind: "window", id, windowId });
    };
    stack.use("processes", processes);
    const webSession = pageSession();
    stack.use("local pages", new PageFiles(webSession, () => keeper.document));
    const pages = stack.use(
      "web pages",
      new WebPages({
        session: webSession,
        document: () => keeper.document,
        engine: () => processes.engine.contents,
        deal: (notice, port) => processes.engine.deal(notice, port),
      }),
    );
    // Closed before the processes: what is on air ends in order.
    stack.use("on air", onAir);
    keeper.onChange((document) => {
      processes.engine.send({ kind: "document", document });
      pages.follow();
      vitals.keepSources(document.sources);
    });

    const measure = stack.use("measure", new Measure({ topics, account, encoder: () => processes.encoder }));
    const files = new FileDialogs(
      keeper,
      collections,
      () => control.window,
      (profile) => {
        const { settings } = preferences.values;
        const canvas = { ...keeper.document.canvas, ...profile.canvas };
        keeper.do({
          kind: "canvas",
          canvas: { ...canvas, fps: profile.fps ?? canvas.fps },
          scaleItems: true,
        });
        preferences.changeSettings({
          video: withProfile(settings.video, profile),
          audioBitrateBps: profile.audioBitrateBps ?? settings.audioBitrateBps,
          recording: withRecording(settings.recording, profile, existsSync),
        });
        if (profile.service !== null) book.save({ id: null, name: "From OBS", ...profile.service });
        return takeHotkeys(keeper, profile.hotkeys);
      },
    );
    const handlers = callHandlers({
      ...{
        keeper,
        collections,
        files,
        onAir,
        account,
        book,
        preferences,
        secrets,
        processes,
        talk,
        markers,
        ledger,
        stage,
        pages,
      },
      monitor: (wish) => monitor.ask(wish),
      measure,
      layout,
      news: () => topics.latest("news") ?? [],
    });
    stack.use(
      "ipc",
      new StudioServer(
        topics,
        handlers,
        (page) => control.isPage(page) || panels.isPage(page),
        (call, error) => log.error({ err: error, call }, "a call failed"),
      ),
    );
    surround(
      {
        args,
        topics,
        keeper,
        collections,
        onAir,
        stage,
        book,
        preferences,
        secrets,
        vitals,
        questions,
        files,
        control,
        panels,
        layout,
        talk,
        markers,
        log,
      },
      stack,
    );
    stack.use("control window", control);
    stack.use("panel windows", panels);

    // The window is what a person waits for, and the engine's start would take half of the machine from it.
    const opened = control.open();
    await Promise.race([opened, setTimeout(ENGINE_LATEST_MS)]);
    processes.start();
    void stage.follow();
    await opened;
    panels.start();
    return new App(stack, control, onAir, topics);
  }

  show(): void {
    void this.control.open();
  }

  /** A page of a server that somebody clicked on somewhere: an invitation to a stage is followed in the browser. */
  follow(link: string | undefined): void {
    const page = link === undefined ? undefined : pageOfLink(link);
    if (page === undefined) return;
    void shell.openExternal(page);
    this.topics.tell("invitation_opened", new URL(page).host);
  }

  /** Asks the person where that is needed. */
  mayClose(): boolean {
    return mayClose(this.onAir, this.control);
  }

  [Symbol.asyncDispose](): Promise<void> {
    return this.stack[Symbol.asyncDispose]();
  }
}

/** Nobody ends a broadcast by closing a window without knowing it. */
function mayClose(onAir: OnAir, control: ControlWindow): boolean {
  if (onAir.broadcast.snapshot().state === "idle" && onAir.recording.snapshot.state === "idle") return true;
  const window = control.window;
  if (window === undefined) return true;
  const chosen = dialog.showMessageBoxSync(window, {
    type: "question",
    message: "You are on air.",
    detail: "Closing the studio ends the broadcast and the recording.",
    buttons: ["Stay on air", "End and close"],
    defaultId: 0,
    cancelId: 0,
  });
  return chosen === 1;
}
