import { isAbsolute } from "node:path";
import { shell } from "electron";
import type { News } from "../../contract/studio-topics.ts";
import type { Account } from "../account/account.ts";
import type { Ledger } from "../broadcast/ledger.ts";
import type { Markers } from "../broadcast/markers.ts";
import type { OnAir } from "../broadcast/on-air.ts";
import type { TargetBook } from "../broadcast/target-book.ts";
import type { Collections } from "../document/collections.ts";
import type { DocumentKeeper } from "../document/document-keeper.ts";
import type { Measure } from "../measure/measure.ts";
import type { MediaProcesses } from "../processes/media-processes.ts";
import type { TalkDesk } from "../sound/talk-desk.ts";
import type { StageHost } from "../stage/stage-host.ts";
import type { Preferences } from "../system/preferences.ts";
import type { Secrets } from "../system/secrets.ts";
import type { LayoutKeeper } from "../windows/layout-keeper.ts";
import { captureList } from "./capture-list.ts";
import { hearsDesktop } from "./desktop-sound.ts";
import type { FileDialogs } from "./file-dialogs.ts";
import type { CallHandlers } from "./studio-server.ts";

export const REMOTE_PASSWORD = "remote.password";

interface World {
  readonly measure: Measure;
  readonly keeper: DocumentKeeper;
  readonly collections: Collections;
  readonly files: FileDialogs;
  readonly onAir: OnAir;
  readonly account: Account;
  readonly book: TargetBook;
  readonly preferences: Preferences;
  readonly secrets: Secrets;
  readonly processes: MediaProcesses;
  readonly pages: { reload(sourceId: string): void };
  readonly talk: TalkDesk;
  readonly markers: Markers;
  readonly ledger: Ledger;
  readonly stage: StageHost;
  readonly layout: LayoutKeeper;
  readonly news: () => readonly News[];
  readonly monitor: (wish: { readonly width: number | null; readonly fps: number }) => void;
}

/** What each call of the control window does; all rules live in what is called here. */
export function callHandlers(world: World): CallHandlers {
  const { keeper, collections, files, onAir, account, book, preferences, secrets, processes, stage } = world;
  return {
    "document.do": ({ command, gesture }) => ({ refusal: keeper.do(command, gesture) }),
    "document.undo": () => ({ done: keeper.undo() }),
    "document.redo": () => ({ done: keeper.redo() }),
    "document.export": async () => ({ path: await files.export() }),
    "document.import": () => files.import(),

    "collections.create": ({ name }) => collections.create(name),
    "collections.duplicate": ({ name }) => collections.duplicate(name),
    "collections.rename": ({ name }) => collections.rename(name),
    "collections.open": async ({ id }) => ({ fault: await collections.open(id) }),
    "collections.remove": async ({ id }) => ({ fault: await collections.remove(id) }),

    "broadcast.start": async ({ stream, rehearsal }) => ({ fault: await onAir.start(stream, rehearsal) }),
    "broadcast.make-public": async () => ({ fault: await onAir.broadcast.makePublic() }),
    "broadcast.stop": () => onAir.broadcast.stop(),
    "broadcast.describe": async (words) => ({ fault: await onAir.describe(words) }),
    "report.put-away": () => world.ledger.putAway(),
    "broadcast.panic": ({ on }) => onAir.setPanic(on),

    "recording.start": async () => ({ fault: await onAir.recording.start() }),
    "recording.stop": () => onAir.recording.stop(),
    "recording.pause": ({ paused }) => onAir.recording.pause(paused),
    "recording.split": () => onAir.recording.split(),
    "recording.remux": () => ({ fault: onAir.recording.remux() }),
    "recording.reveal": async () => {
      await shell.openPath(preferences.values.settings.recording.folder);
    },

    "marker.put": ({ name }) => ({ id: null, fault: null, ...world.markers.put(name) }),
    "marker.name": ({ id, name }) => world.markers.rename(id, name),

    "replay.start": () => ({ fault: onAir.replay.start() }),
    "replay.stop": () => onAir.replay.stop(),
    "replay.save": async () => ({ fault: await onAir.replay.save() }),

    "account.sign-in": async ({ server, username, password }) => ({
      fault: await account.signIn(server, username, password),
    }),
    "account.sign-out": () => account.signOut(),

    "targets.save": (draft) => ({ fault: book.save(draft) }),
    "targets.enable": ({ id, enabled }) => book.enable(id, enabled),
    "targets.remove": ({ id }) => book.remove(id),
    "targets.try-again": ({ id }) => onAir.broadcast.tryAgain(id),
    "processes.try-again": () => processes.tryAgain(),

    "layout.change": (wanted) => world.layout.change(() => wanted),
    "settings.change": (change) => preferences.changeSettings(change),
    "remote.password": ({ password }) => {
      secrets.set(REMOTE_PASSWORD, password);
      // Whoever listens to the settings takes it up.
      preferences.changeSettings({});
    },
    "encoders.probe": () => processes.encoder.send({ kind: "probe" }),
    "measure.upload": () => world.measure.upload(),
    "measure.encoders": async () => ({ encoders: await world.measure.encoders() }),
    "measure.cancel": () => world.measure.cancel(),

    "capture.list": () => captureList(),
    "capture.sound": () => ({ desktop: hearsDesktop() }),
    "files.pick": async ({ kind, many }) => ({ paths: await files.pick(kind, many) }),
    "news.show-file": ({ number }) => {
      const path = world.news().find((piece) => piece.number === number)?.detail;
      if (path !== undefined && isAbsolute(path)) shell.showItemInFolder(path);
    },
    "folder.pick": async () => ({ path: await files.pickFolder() }),

    "stage.open": () => stage.open(),
    "stage.close": () => stage.close(),
    "stage.take-over": () => stage.takeOver(),
    "stage.invite-link": ({ name }) => stage.inviteByLink(name),
    "stage.invite-name": ({ username }) => stage.inviteByName(username),
    "stage.revoke": ({ invitationId }) => stage.revoke(invitationId),
    "stage.act": ({ participantId, action }) => stage.act(participantId, action),
    "stage.seat": ({ participantId, seat }) => stage.seat(participantId, seat),

    "source.reload": ({ sourceId }) => world.pages.reload(sourceId),
    monitor: world.monitor,
    "push-to-talk": ({ sourceId, on }) => world.talk.hold(sourceId, on),
    "open.watch-page": async () => {
      const watchUrl = onAir.broadcast.snapshot().watchUrl ?? world.ledger.watchUrl;
      if (watchUrl !== null && /^https?:\/\//.test(watchUrl)) await shell.openExternal(watchUrl);
    },
  };
}
