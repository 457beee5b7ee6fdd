import type * as pulumi from "@pulumi/pulumi";
import type { Role } from "../../redis/roles";
import type { Inputs } from "../dynamic";
import { DynamicResource } from "../dynamic";
import type { FixedSettings } from "./replacement";
import type { Tokens } from "./token";

/** The provider's inputs. */
export interface ReplacementGuardInputs extends FixedSettings, Tokens {
  role: Role;
  /** Of the group: known once it exists. */
  groupArn: string;
  /** The version that runs, such as `8.2.1`: AWS's word, and not what was asked for. */
  actualVersion: string;
  /** Whether a change that would replace the group is refused. */
  enforced: boolean;
  /** Whether AWS chooses the minor version, so that the group ignores its own. */
  minorUpgrades: boolean;
  /** Section of the stack file, for messages; not kept. */
  section?: string;
}

/**
 * Remembers what a group is once it is there, and refuses, in the preview already and with the safe way, a change that
 * would replace it, or that it could not follow, or that
 * would lock its clients out (docs/adr/0032-replacement-guard.md). A dynamic resource; creates
 * nothing. It comes after the group, whose outputs it takes: what AWS refused is never remembered.
 */
export class ReplacementGuard extends DynamicResource<ReplacementGuardInputs> {
  constructor(name: string, inputs: Inputs<ReplacementGuardInputs>, opts: pulumi.CustomResourceOptions) {
    super({ type: "ReplacementGuard", room: "elasticache" }, name, inputs, opts);
  }
}
