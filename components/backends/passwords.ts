import * as pulumi from "@pulumi/pulumi";
import { RandomPassword } from "@pulumi/random/randomPassword";
import type { RoleArgs } from "../contract";
import type { Role } from "../redis/roles";

/** Letters and digits only, so that it needs no quoting anywhere; 40 of 62 are 238 bits. */
const LENGTH = 40;

/** A role's password: the given one, else one that is made once and kept in the state. Secret. */
export function rolePassword(
  parent: pulumi.Resource,
  name: string,
  role: Role,
  args: RoleArgs,
): pulumi.Output<string> {
  if (args.password !== undefined) return pulumi.secret(args.password);
  return madePassword(parent, `${name}-${role}-password`);
}

/** A password that is made once, under this logical name, and kept in the state. Secret. */
export function madePassword(parent: pulumi.Resource, logicalName: string): pulumi.Output<string> {
  return pulumi.secret(
    new RandomPassword(logicalName, { length: LENGTH, special: false }, { parent }).result,
  );
}

/** Every password that must be accepted now: the role's own, and the previous one while clients move. Secret. */
export function validPasswords(password: pulumi.Output<string>, args: RoleArgs): pulumi.Output<string[]> {
  const all = args.previousPassword === undefined ? [password] : [password, args.previousPassword];
  return pulumi.secret(pulumi.all(all));
}
