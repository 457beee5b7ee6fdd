import { confArgument } from "./quote";
import type { Directive } from "./roles";

/** redis.conf for these directives, a line each, every argument quoted so that it cannot leave its line. */
export function renderConfig(directives: readonly Directive[]): string {
  return directives.map(([name, ...args]) => `${[name, ...args.map(confArgument)].join(" ")}\n`).join("");
}
