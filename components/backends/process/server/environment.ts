import { execFile } from "node:child_process";
import { promisify } from "node:util";

/**
 * What a server program may know of our environment: where programs and libraries lie, the time zone of its log, and
 * the language of its messages.
 */
const KEPT = /^(PATH|TZ|LANG|LC_[A-Z]+|LD_LIBRARY_PATH|DYLD_LIBRARY_PATH|TMPDIR)$/;

/**
 * The environment of a server program. Not ours as it is: that holds the stack's passphrase and the cloud's keys, and
 * whoever may read `/proc/<pid>/environ` of a server would find them there for as long as it runs.
 */
export function serverEnvironment(ours: NodeJS.ProcessEnv): NodeJS.ProcessEnv {
  return Object.fromEntries(Object.entries(ours).filter(([name]) => KEPT.test(name)));
}

const execute = promisify(execFile);

/** Runs a server program with nothing of our environment but what it needs. */
export function run(command: string, args: readonly string[]) {
  return execute(command, args, { env: serverEnvironment(process.env) });
}
