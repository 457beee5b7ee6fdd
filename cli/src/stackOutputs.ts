import { spawn } from "node:child_process";
import { existsSync } from "node:fs";
import * as path from "node:path";
import { messageOf, UserError } from "./errors";
import type { StackOutputs } from "./outputs";
import { parseOutputs } from "./outputs";

/** Where to look for the program; by default where the user stands. */
export interface StackOptions {
  /** Folder from which Pulumi.yaml is looked for, upwards. Default the working directory. */
  cwd?: string;
  /** Environment of Pulumi. Default this process' own. */
  env?: NodeJS.ProcessEnv;
}

/**
 * The outputs of a stack, secrets included, as Pulumi prints them; without a name, of the selected stack. The
 * secrets come over a pipe, never through arguments or files. Throws UserError, saying what to do.
 */
export async function stackOutputs(stack?: string, options: StackOptions = {}): Promise<StackOutputs> {
  const folder = programFolder(options.cwd ?? process.cwd());
  const args = ["stack", "output", "--json", "--show-secrets", "--non-interactive"];
  if (stack !== undefined) args.push("--stack", stack);
  const { code, stdout, stderr } = await run(launcher(folder), args, folder, options.env ?? process.env);
  const origin = stack === undefined ? "the selected stack" : `stack "${stack}"`;
  if (code !== 0) throw new UserError(explain(stderr, origin, stack, folder));
  if (stdout.trim() === "{}") {
    throw new UserError(
      `${capital(origin)} has no outputs: it has not been brought up, or it was destroyed. Run \`npx pulumi up${flag(stack)}\` in ${folder}.`,
    );
  }
  return parseOutputs(stdout, origin);
}

function programFolder(start: string): string {
  const found = upwards(start, (folder) => existsSync(path.join(folder, "Pulumi.yaml")));
  if (found !== undefined) return found;
  throw new UserError(
    `No Pulumi.yaml in ${start} or any folder above it. Run this in the program's folder, or give the outputs with \`--outputs FILE\`.`,
  );
}

/** The repository's own `pulumi`, which knows its state and passphrase; else the one on PATH. */
function launcher(folder: string): string {
  const relative = path.join("node_modules", ".bin", "pulumi");
  const holder = upwards(folder, (candidate) => existsSync(path.join(candidate, relative)));
  return holder === undefined ? "pulumi" : path.join(holder, relative);
}

function upwards(start: string, fits: (folder: string) => boolean): string | undefined {
  for (let folder = path.resolve(start); ; folder = path.dirname(folder)) {
    if (fits(folder)) return folder;
    if (folder === path.dirname(folder)) return undefined;
  }
}

interface Finished {
  code: number | null;
  stdout: string;
  stderr: string;
}

function run(command: string, args: string[], cwd: string, env: NodeJS.ProcessEnv): Promise<Finished> {
  return new Promise((resolve, reject) => {
    const child = spawn(command, args, { cwd, env, stdio: ["ignore", "pipe", "pipe"] });
    let stdout = "";
    let stderr = "";
    child.stdout.setEncoding("utf8").on("data", (text: string) => {
      stdout += text;
    });
    child.stderr.setEncoding("utf8").on("data", (text: string) => {
      stderr += text;
    });
    child.on("error", (error) =>
      reject(
        new UserError(
          `Cannot run Pulumi (${messageOf(error)}). Run \`npm install\` in the repository, or install Pulumi: https://www.pulumi.com/docs/install/`,
        ),
      ),
    );
    child.on("close", (code) => resolve({ code, stdout, stderr }));
  });
}

function explain(stderr: string, origin: string, stack: string | undefined, folder: string): string {
  if (/no stack named/.test(stderr)) {
    return `${capital(origin)} does not exist in ${folder}. \`npx pulumi stack ls\` lists those that do; \`npx pulumi up${flag(stack)}\` makes it.`;
  }
  if (/no stack selected/.test(stderr)) {
    return "No stack is selected. Name one with `--stack NAME`; `npx pulumi stack ls` lists them.";
  }
  if (/passphrase must be set/.test(stderr)) {
    return `The secrets of ${origin} are encrypted with a passphrase, and none is set. Set PULUMI_CONFIG_PASSPHRASE or PULUMI_CONFIG_PASSPHRASE_FILE to the one it was made with.`;
  }
  if (/incorrect passphrase/.test(stderr)) {
    return `The passphrase does not fit ${origin}. Set PULUMI_CONFIG_PASSPHRASE or PULUMI_CONFIG_PASSPHRASE_FILE to the one it was made with.`;
  }
  if (/PULUMI_ACCESS_TOKEN/.test(stderr)) {
    return "Pulumi is not logged in. Run `pulumi login URL` with the address of the backend that holds the stack, or set PULUMI_BACKEND_URL or PULUMI_ACCESS_TOKEN.";
  }
  return `Pulumi could not read the outputs of ${origin}: ${stderr.trim().replace(/^error: /, "") || "it said nothing"}. Run \`npx pulumi stack output${flag(stack)}\` in ${folder} to see more.`;
}

const flag = (stack: string | undefined) => (stack === undefined ? "" : ` --stack ${stack}`);

const capital = (text: string) => text.charAt(0).toUpperCase() + text.slice(1);
