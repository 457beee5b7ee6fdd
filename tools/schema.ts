import { writeFileSync } from "node:fs";
import * as path from "node:path";
import { format } from "./schema-format";

/** Writes what is derived from the stack's schema: `npm run schema`. A test says when it is due. */
async function main(): Promise<void> {
  const root = path.resolve(__dirname, "..");
  for (const [file, text] of Object.entries(await format(root))) {
    writeFileSync(path.join(root, file), text);
    console.log(`${file} is current.`);
  }
}

main();
