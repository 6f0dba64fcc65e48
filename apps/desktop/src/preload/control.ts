import { contextBridge, ipcRenderer } from "electron";
import { channels } from "../contract/channels.ts";

/** The control window's only way out: `window.studio`, a StudioBridge (contract/studio-calls.ts). */
type Listener = (snapshot: unknown) => void;
const snapshots = new Map<string, unknown>();
const listeners = new Map<string, Set<Listener>>();

ipcRenderer.on(channels.topic, (_event, topic: string, snapshot: unknown) => {
  snapshots.set(topic, snapshot);
  for (const listener of listeners.get(topic) ?? []) listener(snapshot);
});
ipcRenderer.on(channels.port, (event, notice: unknown) => {
  window.postMessage(notice, location.origin, [...event.ports]);
});

contextBridge.exposeInMainWorld("studio", {
  call: (name: unknown, input: unknown): Promise<unknown> => ipcRenderer.invoke(channels.call, name, input),
  on: (topic: string, listener: Listener): (() => void) => {
    const ofTopic = listeners.get(topic) ?? new Set();
    listeners.set(topic, ofTopic.add(listener));
    if (snapshots.has(topic)) listener(snapshots.get(topic));
    return () => void ofTopic.delete(listener);
  },
});
ipcRenderer.send(channels.listen);
