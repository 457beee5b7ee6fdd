import { expect, test } from "vitest";
import { withoutNewSalt } from "../../../../dev/launcher/stack-files";

const salt = "encryptionsalt: v1:abc=:v1:def:ghi==\n";
const committed = "config:\n  # why\n  a:b: process\n  a:protect: false\n  a:port: 6379\n";
const rewritten = 'config:\n  # why\n  a:b: process\n  a:protect: "false"\n  a:port: "6379"\n';

test.each([
  ["no salt came", committed, committed, undefined],
  ["only a salt came: the file is as it was", committed, rewritten + salt, committed],
  [
    "a setting came too: only the salt goes",
    committed,
    `${rewritten}  a:new: x\n${salt}`,
    `${rewritten}  a:new: x\n`,
  ],
  ["the salt was there before", committed + salt, rewritten + salt, undefined],
  [
    "a secret was set, which needs the salt",
    committed,
    `${committed}  a:p:\n    secure: v1:x\n${salt}`,
    undefined,
  ],
  ["a new file with nothing but a salt goes", undefined, salt, null],
  ["a new file keeps its settings", undefined, committed + salt, committed],
  ["an empty file stays", "", salt, ""],
])("%s", (_, before, after, wanted) => {
  expect(withoutNewSalt(before, after)).toBe(wanted);
});
