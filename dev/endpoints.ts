export interface Outputs {
  [role: string]: { url?: string } | unknown;
}

const ROLES = ["cache", "queue"];

/** One line per role, with the password masked. */
export function describeEndpoints(outputs: Outputs): string {
  const lines = ROLES.flatMap((role) => {
    const url = (outputs[role] as { url?: string } | undefined)?.url;
    return url ? [`  ${role}  ${maskPassword(url)}`] : [];
  });
  return lines.join("\n") || "  the stack has no endpoints";
}

export function maskPassword(url: string): string {
  const masked = new URL(url);
  if (masked.password) masked.password = "****";
  return masked.href;
}
