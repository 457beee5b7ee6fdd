import type { Redis } from "ioredis";
import type { Role } from "redis-topology/redis";
import {
  ANONYMOUS_REFUSED,
  AUTHENTICATED,
  attemptAnonymously,
  REACHABLE,
  WRONG_PASSWORD_REFUSED,
} from "./checks/access";
import { BULLMQ_JOB } from "./checks/bullmqJob";
import type { Check, CheckResult, Context, Verdict } from "./checks/check";
import { fail, skip } from "./checks/check";
import { expectationsOf } from "./checks/expectations";
import { inCluster, readFacts } from "./checks/facts";
import { HEALTH_CHECKS } from "./checks/health";
import { SESSION_CHECKS } from "./checks/session";
import { SETTING_CHECKS } from "./checks/settings";
import { startDeadline } from "./deadline";
import { messageOf } from "./errors";
import { mask } from "./mask";
import type { Endpoint, StackOutputs } from "./outputs";
import { chooseRoles, secretsOf } from "./outputs";
import type { Client, Target } from "./redisClient";
import { connect, connectCluster, targetOf } from "./redisClient";

export const DEFAULT_TIMEOUT_MS = 15_000;

/** How to verify. */
export interface VerifyOptions {
  /** Only these roles. Default: all that the outputs hold. */
  readonly roles?: readonly Role[];
  /** Milliseconds that one role may take in all; clean-up may take 3 s more. Default 15000. */
  readonly timeoutMs?: number;
  /** Interrupts the checks; what they made is still removed. */
  readonly signal?: AbortSignal;
  /** Told of every check before it runs. */
  readonly onProgress?: (role: Role, check: string) => void;
}

type AnyCheck = Pick<Check<never>, "name" | "role" | "expected">;

/** In the order of the report. */
const ALL_CHECKS: readonly AnyCheck[] = [
  REACHABLE,
  ANONYMOUS_REFUSED,
  WRONG_PASSWORD_REFUSED,
  AUTHENTICATED,
  ...SESSION_CHECKS,
  ...HEALTH_CHECKS,
  ...SETTING_CHECKS,
  BULLMQ_JOB,
];

/**
 * Connects to every role as an application would and checks that it is what the outputs say. Never throws for
 * what it finds: a dead server gives one failure, and its other checks are skipped. Roles are checked side by
 * side; results come role by role, always the same checks in the same order, without any secret.
 */
export async function verifyTopology(
  outputs: StackOutputs,
  options: VerifyOptions = {},
): Promise<CheckResult[]> {
  const roles = chooseRoles(outputs, options.roles);
  // Every address first: where one must not be connected to, none is.
  const targets = roles.map((role) => targetOf(endpointOf(role, outputs)));
  const results = await Promise.all(
    roles.map((role, index) => verifyRole(role, targets[index] as Target, outputs, options)),
  );
  const secrets = secretsOf(outputs);
  return results.flat().map((result) => ({
    ...result,
    found: mask(result.found, secrets),
    ...(result.why !== undefined && { why: mask(result.why, secrets) }),
  }));
}

function endpointOf(role: Role, outputs: StackOutputs): Endpoint {
  const endpoint = outputs[role];
  if (!endpoint) throw new Error(`The outputs hold no ${role}.`);
  return endpoint;
}

async function verifyRole(
  role: Role,
  target: Target,
  outputs: StackOutputs,
  options: VerifyOptions,
): Promise<CheckResult[]> {
  const guarantees = outputs.guarantees[role];
  if (!guarantees) throw new Error(`The outputs hold no guarantees of the ${role}.`);
  const deadline = startDeadline(options.timeoutMs ?? DEFAULT_TIMEOUT_MS, options.signal);
  const context = { expectations: expectationsOf(role, guarantees), signal: deadline.signal };
  const run = new Run(context, options.onProgress);
  let client: Redis | undefined;
  let session: Client | undefined;
  try {
    run.announce(REACHABLE);
    const anonymous = await attemptAnonymously(target, deadline.signal);
    await run.check(REACHABLE, { target, anonymous, instead: outputs.ways?.[role]?.instead });
    if (anonymous.outcome === "unreachable") return run.finish("not reachable");
    await run.check(ANONYMOUS_REFUSED, anonymous);
    await run.check(WRONG_PASSWORD_REFUSED, target);

    run.announce(AUTHENTICATED);
    const login = await connect(target, deadline.signal).then(
      (client) => ({ client }),
      (error: unknown) => ({ error }),
    );
    await run.check(AUTHENTICATED, { target, ...login });
    if (!("client" in login)) return run.finish("not authenticated");
    client = login.client;

    const clustered = await inCluster(client, deadline.signal);
    session = clustered ? await connectCluster(target, deadline.signal) : client;
    for (const check of SESSION_CHECKS) await run.check(check, session);
    const facts = await readFacts(client, deadline.signal);
    for (const check of [...HEALTH_CHECKS, ...SETTING_CHECKS]) await run.check(check, facts);
    if (outputs.bullmq) await run.check(BULLMQ_JOB, { client: session, bullmq: outputs.bullmq });
    return run.finish("");
  } catch (error) {
    return run.finish(messageOf(error));
  } finally {
    session?.disconnect();
    client?.disconnect();
    deadline.clear();
  }
}

/** The results of one role as they come. */
class Run {
  private readonly verdicts = new Map<string, Verdict>();
  private readonly role: Role;

  constructor(
    private readonly context: Context,
    private readonly onProgress: VerifyOptions["onProgress"],
  ) {
    this.role = context.expectations.role;
  }

  announce({ name }: AnyCheck): void {
    this.onProgress?.(this.role, name);
  }

  /** Judges one check, unless it is not for this role. Throws the signal's reason once the time is up. */
  async check<Input>(check: Check<Input>, input: Input): Promise<void> {
    if (check.role !== undefined && check.role !== this.role) return;
    this.announce(check);
    this.verdicts.set(check.name, await this.judge(check, input));
    this.context.signal.throwIfAborted();
  }

  /** All results; what has not run was skipped for this reason. */
  finish(why: string): CheckResult[] {
    const { expectations } = this.context;
    return ALL_CHECKS.filter((check) => check.role === undefined || check.role === this.role).map(
      (check) => ({
        role: this.role,
        check: check.name,
        ...(this.verdicts.get(check.name) ?? skip(why)),
        expected: check.expected(expectations),
      }),
    );
  }

  private async judge<Input>(check: Check<Input>, input: Input): Promise<Verdict> {
    try {
      return await check.judge(input, this.context);
    } catch (error) {
      return fail(messageOf(error));
    }
  }
}
