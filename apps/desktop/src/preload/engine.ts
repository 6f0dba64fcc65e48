import { contextBridge, ipcRenderer } from "electron";
import { channels } from "../contract/channels.ts";

/** The engine's only way out: `window.engine`, an EngineBridge (contract/engine-bridge.ts). */
contextBridge.exposeInMainWorld("engine", {
  send: (message: unknown) => ipcRenderer.send(channels.engine, message),
  onMessage: (listener: (message: unknown) => void) => {
    ipcRenderer.on(channels.engine, (_event, message: unknown) => listener(message));
  },
});
ipcRenderer.on(channels.port, (event, notice: unknown) => {
  window.postMessage(notice, location.origin, [...event.ports]);
});
