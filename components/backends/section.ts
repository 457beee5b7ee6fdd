import type { Problem } from "../redis/problems";
import { ROLES } from "../redis/roles";

/** Problems with their keys as a stack file has them: a backend's own settings stand under its name, roles do not. */
export function inSection(section: string, problems: readonly Problem[]): Problem[] {
  const isRole = (key: string) => ROLES.some((role) => key === role || key.startsWith(`${role}.`));
  return problems.map((problem) => ({
    ...problem,
    key: problem.key
      .split(", ")
      .map((key) => (isRole(key) ? key : `${section}.${key}`))
      .join(", "),
  }));
}
