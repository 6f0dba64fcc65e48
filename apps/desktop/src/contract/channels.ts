/** Names of the messages between main and the preloads; nobody else uses them. */
export const channels = {
  /** Window → main, answered: a call of studio-calls.ts. */
  call: "studio:call",
  /** Window → main: send me every topic, now and after each change. */
  listen: "studio:listen",
  /** Main → window: a topic and its snapshot. */
  topic: "studio:topic",
  /** Main → page: a port, with a `PortNotice`. */
  port: "studio:port",
  /** Engine ⇄ main: engine-control.ts. */
  engine: "studio:engine",
} as const;
