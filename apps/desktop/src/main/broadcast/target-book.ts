import { randomUUID } from "node:crypto";
import type { Account } from "../account/account.ts";
import type { CustomTarget, Preferences } from "../system/preferences.ts";
import type { Secrets } from "../system/secrets.ts";

/** The server that one is signed in to is a target of this id. */
export const FOOTLIGHT = "footlight";
/** How long a server may keep a stream whose line has gone (RECONNECT_GRACE_MS goes up to this). */
export const GRACE_MS = 90_000;

export interface Destination {
  readonly id: string;
  readonly name: string;
  readonly kind: "footlight" | "rtmp" | "whip";
  readonly url: string;
}

interface Draft {
  readonly id: string | null;
  readonly name: string;
  readonly kind: "rtmp" | "whip";
  readonly url: string;
  readonly key: string | null;
}

const keyName = (id: string): string => `target.${id}.key`;

/** Where a broadcast goes: the server of the account, and what else a person has written down. */
export class TargetBook {
  constructor(
    private readonly preferences: Preferences,
    private readonly secrets: Secrets,
    private readonly account: Account,
  ) {}

  all(): readonly (Destination & { readonly enabled: boolean; readonly hasKey: boolean })[] {
    const { account, targets } = this.preferences.values;
    const own =
      account.username === null
        ? []
        : [
            {
              id: FOOTLIGHT,
              name: `${account.username} on ${new URL(account.server).host}`,
              kind: "footlight" as const,
              url: account.server,
              enabled: account.enabled,
              hasKey: this.account.client() !== undefined,
            },
          ];
    return [
      ...own,
      ...targets.map((target) => ({ ...target, hasKey: this.secrets.get(keyName(target.id)) !== undefined })),
    ];
  }

  key(id: string): string | undefined {
    return this.secrets.get(keyName(id));
  }

  save(draft: Draft): "bad_url" | "no_key" | null {
    if (!isAddress(draft.kind, draft.url)) return "bad_url";
    const id = draft.id ?? randomUUID();
    if (draft.key === null && this.key(id) === undefined) return "no_key";
    if (draft.key !== null) this.secrets.set(keyName(id), draft.key);
    const known = this.#custom.find((each) => each.id === id);
    const target: CustomTarget = {
      id,
      name: draft.name,
      kind: draft.kind,
      url: draft.url.trim(),
      enabled: known?.enabled ?? true,
    };
    const targets = known
      ? this.#custom.map((each) => (each.id === id ? target : each))
      : [...this.#custom, target];
    this.preferences.change({ targets });
    return null;
  }

  enable(id: string, enabled: boolean): void {
    const { account } = this.preferences.values;
    const targets = this.#custom.map((each) => (each.id === id ? { ...each, enabled } : each));
    this.preferences.change(id === FOOTLIGHT ? { account: { ...account, enabled } } : { targets });
  }

  remove(id: string): void {
    this.secrets.set(keyName(id), undefined);
    this.preferences.change({ targets: this.#custom.filter((each) => each.id !== id) });
  }

  get #custom(): readonly CustomTarget[] {
    return this.preferences.values.targets;
  }
}

const PROTOCOLS = { rtmp: ["rtmp:", "rtmps:"], whip: ["http:", "https:"] };

function isAddress(kind: "rtmp" | "whip", typed: string): boolean {
  try {
    const url = new URL(typed.trim());
    return PROTOCOLS[kind].includes(url.protocol) && url.hostname !== "";
  } catch {
    return false;
  }
}
