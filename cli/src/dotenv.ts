import { UserError } from "./errors";

/**
 * One `NAME=value` line a variable, so that dotenv, Node's `--env-file` and `sh` read the exact values back.
 * Those three agree on little: single quotes are literal to all of them, double quotes only around text
 * without anything that one of them expands. Throws UserError, naming every variable that no quoting carries;
 * its value is not shown.
 */
export function formatDotenv(variables: Readonly<Record<string, string>>, exported = false): string {
  const problems: string[] = [];
  const lines = Object.entries(variables).map(([name, value]) => {
    const quoted = /^[A-Za-z_][A-Za-z0-9_]*$/.test(name) ? quote(value) : undefined;
    if (quoted === undefined) problems.push(`  - ${name}: ${obstacle(name, value)}`);
    return `${exported ? "export " : ""}${name}=${quoted}\n`;
  });
  if (problems.length === 0) return lines.join("");
  throw new UserError(
    [
      "Not every variable can stand in a file that dotenv, Node and sh read alike:",
      ...problems,
      "Choose another password (letters and digits always work), or read `pulumi stack output env --json --show-secrets`.",
    ].join("\n"),
  );
}

function quote(value: string): string | undefined {
  if (/[\r\0]|\p{Surrogate}/u.test(value)) return undefined;
  if (/^[A-Za-z0-9._:/@%+,-]+$/.test(value)) return value;
  if (!value.includes("'") && !value.endsWith("\\")) return `'${value}'`;
  if (!/["$`\\]/.test(value)) return `"${value}"`;
  return undefined;
}

function obstacle(name: string, value: string): string {
  if (!/^[A-Za-z_][A-Za-z0-9_]*$/.test(name)) return "not a name of letters, digits and underscores";
  if (/[\r\0]|\p{Surrogate}/u.test(value)) return "holds a carriage return, a NUL or half a character";
  if (value.endsWith("\\") && !value.includes("'")) return "ends in a backslash";
  return 'holds a single quote together with one of " $ ` \\';
}
