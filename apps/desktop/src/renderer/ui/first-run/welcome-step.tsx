import { Button } from "@footlight/ui/button.tsx";
import { GhostLight } from "@footlight/ui/ghost-light.tsx";
import { Camera, Gauge, type LucideIcon, Radio } from "lucide-react";
import type { FirstRun } from "../../state/set-up/first-run.ts";

const AHEAD: readonly (readonly [LucideIcon, string])[] = [
  [Radio, "Say where your broadcasts go: your own server, or a key of any service."],
  [Gauge, "The studio measures your line and this machine, for half a minute."],
  [Camera, "Choose what is seen and heard, and look at what the studio proposes."],
];

export const WelcomeStep = ({ model }: { model: FirstRun }) => (
  <>
    <div className="first-run-lamp">
      <GhostLight size={88} />
    </div>
    <ul className="first-run-ahead">
      {AHEAD.map(([Icon, words]) => (
        <li key={words}>
          <Icon aria-hidden size={20} />
          {words}
        </li>
      ))}
    </ul>
    <div className="first-run-go">
      <Button variant="primary" size="lg" onClick={() => model.next()}>
        Set the studio up
      </Button>
      <Button variant="quiet" onClick={() => model.leave()}>
        Look around first
      </Button>
    </div>
  </>
);
