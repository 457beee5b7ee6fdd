import Docker from "dockerode";

interface Dialled {
  readonly path: string;
  readonly method: string;
  readonly options?: { readonly Cmd?: readonly string[] };
}
type Answer = (error: Error | null, data?: unknown) => void;
interface Dialling {
  dial(request: Dialled, answer: Answer): void;
}

/** What every talk with the engine ends in after the kill. */
export class Killed extends Error {}

/**
 * Does `work`, an `up`, and kills it when the engine has made its `last`th change: that answer is lost, and nothing
 * more is asked, not even for clean-up. Returns whether there were so many changes.
 */
export async function killedAfter(last: number, work: () => Promise<void>): Promise<boolean> {
  // Of every client, those of the providers too.
  const modem = Object.getPrototypeOf(new Docker().modem) as Dialling;
  const { dial } = modem;
  let changes = 0;
  let killed = false;
  modem.dial = function (request, answer) {
    if (killed) return answer(new Killed());
    if (isChange(request)) changes += 1;
    if (changes < last) return dial.call(this, request, answer);
    killed = true;
    dial.call(this, request, () => answer(new Killed()));
  };
  try {
    await work();
  } catch (error) {
    if (!killed) throw error;
  } finally {
    modem.dial = dial;
  }
  return killed;
}

/** Of a command in a container, only that it sets something. */
function isChange({ path, method, options }: Dialled): boolean {
  if (method === "GET" || path.startsWith("/exec/")) return false;
  return !/\/exec/.test(path) || options?.Cmd?.includes("SET") === true;
}
