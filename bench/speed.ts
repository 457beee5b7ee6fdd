import { readFileSync } from "node:fs";
import * as path from "node:path";
import { compare } from "./compare";
import type { Program } from "./preview";

const BARE: Program = { name: "bare: one empty component", folder: "bench/programs/bare" };
const DYNAMIC: Program = { name: "bare, and one dynamic resource", folder: "bench/programs/dynamic" };
const BY_HAND: Program = { name: "the same resources by hand", folder: "bench/programs/by-hand" };
const LOCAL: Program = {
  name: "this program, local stack",
  folder: ".",
  config: readFileSync(path.join(__dirname, "..", "Pulumi.local.yaml"), "utf8"),
};
const WITHOUT_PROVIDER: Program = {
  name: "this program, no provider process",
  folder: ".",
  config: readFileSync(path.join(__dirname, "no-provider.yaml"), "utf8"),
};

/** What a preview of this program costs against the least that can be compared with it. */
export function speed(): Promise<string> {
  return compare([
    [WITHOUT_PROVIDER, BARE],
    [LOCAL, DYNAMIC],
    [LOCAL, BY_HAND],
  ]);
}
