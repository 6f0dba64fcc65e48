import { useState } from "react";

const KEY = "footlight.viewer";

/** One viewer a tab: lives as long as the tab. */
const viewerId = (): string => {
  try {
    const kept = sessionStorage.getItem(KEY);
    if (kept) return kept;
    const made =
      crypto.randomUUID?.() ??
      Array.from(crypto.getRandomValues(new Uint8Array(16)), (byte) => byte.toString(16)).join("");
    sessionStorage.setItem(KEY, made);
    return made;
  } catch {
    return `tab-${Math.random().toString(36).slice(2).padEnd(12, "0")}`;
  }
};

/** By which the server tells viewers apart, in heartbeats and beacons alike. */
export const useViewerId = (): string => useState(viewerId)[0];
