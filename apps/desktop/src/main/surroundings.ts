import { join } from "node:path";
import { app, screen } from "electron";
import type { Logger } from "pino";
import type { Markers } from "./broadcast/markers.ts";
import type { OnAir } from "./broadcast/on-air.ts";
import type { TargetBook } from "./broadcast/target-book.ts";
import type { Collections } from "./document/collections.ts";
import type { DocumentKeeper } from "./document/document-keeper.ts";
import { REMOTE_PASSWORD } from "./ipc/call-handlers.ts";
import type { FileDialogs } from "./ipc/file-dialogs.ts";
import type { Topics } from "./ipc/topics.ts";
import type { EngineQuestions } from "./processes/engine-questions.ts";
import type { Vitals } from "./processes/vitals.ts";
import { outputDesk } from "./remote/desk.ts";
import { RemoteControl, type RemoteWish } from "./remote/remote-control.ts";
import type { TalkDesk } from "./sound/talk-desk.ts";
import type { StageHost } from "./stage/stage-host.ts";
import type { Arguments } from "./system/arguments.ts";
import type { DisposalStack } from "./system/disposal.ts";
import { feedUpdater } from "./system/feed-updater.ts";
import { Hotkeys } from "./system/hotkeys.ts";
import type { Preferences } from "./system/preferences.ts";
import type { Secrets } from "./system/secrets.ts";
import { Updates } from "./system/updates.ts";
import { Wakefulness } from "./system/wakefulness.ts";
import type { ControlWindow } from "./windows/control-window.ts";
import type { LayoutKeeper } from "./windows/layout-keeper.ts";
import { AppMenu } from "./windows/menu.ts";
import type { PanelWindows } from "./windows/panel-windows.ts";
import { StudioTray } from "./windows/tray.ts";

interface World {
  readonly args: Arguments;
  readonly topics: Topics;
  readonly keeper: DocumentKeeper;
  readonly collections: Collections;
  readonly onAir: OnAir;
  readonly stage: Pick<StageHost, "retryNow">;
  readonly book: TargetBook;
  readonly preferences: Preferences;
  readonly secrets: Secrets;
  readonly vitals: Vitals;
  readonly questions: EngineQuestions;
  readonly files: FileDialogs;
  readonly control: ControlWindow;
  readonly panels: PanelWindows;
  readonly layout: LayoutKeeper;
  readonly talk: TalkDesk;
  readonly markers: Markers;
  readonly log: Logger;
}

/** All ways to the studio beside its window: menu, tray, keys, the remote control; and the machine's sleep. */
export function surround(world: World, stack: DisposalStack): void {
  const { topics, keeper, onAir, stage, files, control, talk, log } = world;
  const goLive = () => void onAir.start();
  const endBroadcast = () => void onAir.broadcast.stop();
  const panic = () => onAir.setPanic(!onAir.panic);
  const toggleRecording = () => {
    if (onAir.recording.snapshot.state === "idle") void onAir.recording.start();
    else onAir.recording.stop();
  };
  const quit = () => app.quit();
  const show = () => void control.open();

  const onTaken = (accelerator: string) => topics.tell("hotkey_unavailable", accelerator);
  const keys = {
    ...{ goLive, endBroadcast, panic, toggleRecording, onTaken },
    saveReplay: () => void onAir.replay.save(),
    mark: () => void mark(world, ""),
    talk: (sourceId: string) => talk.pressed(sourceId),
  };
  const hotkeys = stack.use("hotkeys", new Hotkeys(keeper, keys));
  stack.use(
    "remote control",
    remoteControl(world, (accelerator) => hotkeys.press(accelerator)),
  );
  const wakefulness = new Wakefulness({
    onSleep: () => log.warn("the machine goes to sleep"),
    onWake: () => {
      log.warn("the machine has woken");
      onAir.woken();
      stage.retryNow();
    },
  });
  stack.use("wakefulness", wakefulness);
  const isBusy = () =>
    onAir.broadcast.snapshot().state !== "idle" || onAir.recording.snapshot.state !== "idle";
  const updates = new Updates(feedUpdater, {
    isBusy,
    onReady: (version) => {
      topics.tell("update_ready", version);
      follow();
    },
    onThere: (version, address) => topics.tell("update_there", `${version} ${address}`),
    onFault: (error, what) => log.warn({ err: error }, what),
  });
  stack.use("updates", updates);

  const menu = new AppMenu(
    {
      undo: () => keeper.undo(),
      redo: () => keeper.redo(),
      ...{ goLive, endBroadcast, toggleRecording, quit },
      importScenes: () =>
        void files.import().then((answer) => {
          if (answer.result === "unreadable") topics.tell("scenes_unreadable");
          if (answer.result === "imported")
            topics.tell("scenes_imported", [answer.name, ...answer.unmatched].join("\n"));
        }),
      exportScenes: () => void files.export(),
      restartToUpdate: () => updates.install(),
      changeLayout: (how) => world.layout.change(how),
    },
    () => world.panels.focused ?? control.window,
  );
  const assets = join(app.getAppPath(), "assets");
  const tray = stack.use("tray", new StudioTray(assets, { show, goLive, endBroadcast, panic, quit }));
  const follow = () => {
    const broadcast = onAir.broadcast.snapshot();
    const recording = onAir.recording.snapshot.state;
    const history = topics.latest("history") ?? { undo: null, redo: null };
    menu.show({
      broadcast: broadcast.state,
      recording,
      history,
      closed: world.layout.layout.closed,
      update: updates.ready,
    });
    tray.show({ state: broadcast.state, panic: onAir.panic });
    wakefulness.stayAwake(isBusy());
    updates.follow();
  };
  const followed = new Set(["broadcast", "recording", "history", "layout"]);
  stack.defer(
    "menu",
    topics.listen((topic) => {
      if (followed.has(topic)) follow();
    }),
  );
}

/** Set from outside of the window, which says so. Why not, if not. */
function mark({ markers, topics }: World, name: string): string | null {
  const set = markers.put(name);
  if ("fault" in set) return set.fault;
  const { name: called = "" } = topics.latest("markers")?.find(({ id }) => id === set.id) ?? {};
  topics.tell("marker_set", called);
  return null;
}

function remoteControl(world: World, press: (accelerator: string) => boolean) {
  const { args, keeper, collections, topics, onAir, book, preferences, secrets, vitals, questions, log } =
    world;
  const remote = new RemoteControl({
    ...{ keeper, collections, topics, log },
    outputs: {
      ...outputDesk({ onAir, book, topics, preferences, engine: () => vitals.snapshot }),
      mark: (name) => mark(world, name),
    },
    replay: {
      state: () => onAir.replay.snapshot,
      start: () => onAir.replay.start(),
      stop: () => onAir.replay.stop(),
      save: () => onAir.replay.save(),
    },
    engine: questions,
    config: {
      settings: () => preferences.values.settings,
      change: (change) => preferences.changeSettings(change),
      isRunning: () =>
        onAir.broadcast.snapshot().state !== "idle" || onAir.recording.snapshot.state !== "idle",
    },
    general: {
      version: app.getVersion(),
      panic: () => onAir.setPanic(!onAir.panic),
      press,
      displays: () => screen.getAllDisplays(),
    },
  });
  const follow = () => void remote.wish(remoteWish(args, preferences, secrets));
  follow();
  preferences.onChange(follow);
  return remote;
}

/** The command line's wish goes before the settings'. */
function remoteWish(args: Arguments, preferences: Preferences, secrets: Secrets): RemoteWish | undefined {
  const { enabled, port } = preferences.values.settings.remote;
  const password = args.remotePassword ?? secrets.get(REMOTE_PASSWORD);
  if (password === undefined || (args.remotePort === undefined && !enabled)) return undefined;
  return { port: args.remotePort ?? port, password };
}
