import { Argument } from "commander";
import { ROLES } from "redis-topology/redis";

/** The role that a command is about. */
export function roleArgument(): Argument {
  return new Argument("<role>", "whose server").choices(ROLES);
}
