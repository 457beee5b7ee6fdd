import { expect, test } from "vitest";
import { aclFile, DEFAULT_USERNAME, PROBE_USERNAME } from "../../components/redis/acl";

/** `printf 'secret' | sha256sum` */
const SECRET = "2bb80d537b1da3e38bd30361aa855686bde0eacd7162fef6a25fe97bf527a25b";
/** `printf 'pä ss\n#"' | sha256sum` */
const AWKWARD = "9f505fd1d9cb459c6979a55eeab91ee97b1e7786caeb3a93379b2c4c3c4556ed";

test("one user, every command, the hash of the password and nothing of its text", () => {
  expect(DEFAULT_USERNAME).toBe("default");
  expect(aclFile(["secret"])).toBe(`user default on sanitize-payload #${SECRET} ~* &* +@all\n`);
});

test("two passwords are valid while clients move; the same one twice is one", () => {
  expect(aclFile(["secret", 'pä ss\n#"'])).toBe(
    `user default on sanitize-payload #${SECRET} #${AWKWARD} ~* &* +@all\n`,
  );
  expect(aclFile(["secret", "secret"])).toBe(aclFile(["secret"]));
});

test("the probe is a second user, who may only PING", () => {
  expect(PROBE_USERNAME).toBe("probe");
  expect(aclFile(["secret"], 'pä ss\n#"')).toBe(
    `user default on sanitize-payload #${SECRET} ~* &* +@all\nuser probe on sanitize-payload #${AWKWARD} resetchannels -@all +ping\n`,
  );
  expect(() => aclFile(["secret"], "")).toThrow(
    new Error("An ACL file needs at least one password, and none may be empty."),
  );
});

test.each([[[]], [[""]], [["secret", ""]]])("%j would leave the server open", (passwords) => {
  expect(() => aclFile(passwords)).toThrow(
    new Error("An ACL file needs at least one password, and none may be empty."),
  );
});
