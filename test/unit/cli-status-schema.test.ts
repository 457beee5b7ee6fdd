import * as path from "node:path";
import { expect, test } from "vitest";
import { z } from "zod";
import { statusSchema } from "../../cli/src/status/report";

test("docs/cli-status.schema.json is what `status --json` prints (vitest --update makes it anew)", async () => {
  const document = { title: "What `status --json` prints", ...z.toJSONSchema(statusSchema) };
  await expect(`${JSON.stringify(document, undefined, 2)}\n`).toMatchFileSnapshot(
    path.resolve(__dirname, "../../docs/cli-status.schema.json"),
  );
});
