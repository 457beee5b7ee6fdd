import { settingName } from "../../redis/sentence";

/** An engine as it names itself (`docker info`: ID and Name). */
export interface Identity {
  readonly engineId: string;
  readonly engineName: string;
}

/** What is wrong when the engine is not the one on which the stack's servers and data are. Pure. */
export function identityProblem(then: Identity, now: Identity, section?: string): string | undefined {
  if (then.engineId === now.engineId) return undefined;
  return (
    `${settingName("host", section)}: the engine ${shown(now)}. Allowed: the engine ${shown(then)}, on which this stack's servers and data are. ` +
    "Set it back (or `DOCKER_HOST`, `DOCKER_CONTEXT`); for another engine make another stack, since data does not move. " +
    "If the engine at the old address was made anew and is empty: `pulumi refresh`, then run again."
  );
}

function shown({ engineId, engineName }: Identity): string {
  return `"${engineName}" (${engineId})`;
}
