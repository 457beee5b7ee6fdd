import * as path from "node:path";
import { expect, test } from "vitest";
import { z } from "zod";
import { RESULTS } from "../../cli/src/queues/results";

test("docs/cli-queues.schema.json is what the commands print (vitest --update makes it anew)", async () => {
  const schemas = Object.fromEntries(
    Object.entries(RESULTS).map(([name, schema]) => {
      const { $schema: _, ...rest } = z.toJSONSchema(schema);
      return [name, rest];
    }),
  );
  const document = {
    $schema: "https://json-schema.org/draft/2020-12/schema",
    title: "What `queues` and `queue NAME …` print with --json, by command",
    $defs: schemas,
  };
  await expect(`${JSON.stringify(document, undefined, 2)}\n`).toMatchFileSnapshot(
    path.resolve(__dirname, "../../docs/cli-queues.schema.json"),
  );
});
