import { collectDefaultMetrics, Registry } from "prom-client";

export type Metrics = Registry;

/**
 * One registry a server, handed to whoever counts (never prom-client's global one, so that two
 * servers in a test do not meet). Names start with `footlight_`, units are base units, and labels
 * have few values: no ids, names or addresses.
 */
export function createMetrics(options: { processMetrics: boolean } = { processMetrics: true }): Metrics {
  const registry = new Registry();
  if (options.processMetrics) collectDefaultMetrics({ register: registry, prefix: "footlight_" });
  return registry;
}
