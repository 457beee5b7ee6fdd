const BLOCK = 512;

/** A tar archive of one file that belongs to root, as the provider makes it for an upload (ustar, POSIX.1-1988). */
export function tarOf(file: string, content: string, mode: number): Buffer {
  const body = Buffer.from(content, "utf8");
  const header = Buffer.alloc(BLOCK);
  header.write(file, 0);
  header.write(`${mode.toString(8).padStart(7, "0")}\0`, 100);
  header.write("0000000\0".repeat(2), 108);
  header.write(`${body.length.toString(8).padStart(11, "0")}\0`, 124);
  header.write("00000000000\0", 136);
  header.write("        0", 148);
  header.write("ustar\x0000", 257);
  const sum = header.reduce((total, byte) => total + byte, 0);
  header.write(`${sum.toString(8).padStart(6, "0")}\0 `, 148);
  const padding = Buffer.alloc((BLOCK - (body.length % BLOCK)) % BLOCK);
  return Buffer.concat([header, body, padding, Buffer.alloc(2 * BLOCK)]);
}

/** The content of the first file in an archive. */
export async function fileOf(archive: AsyncIterable<string | Uint8Array>): Promise<string | undefined> {
  const chunks: Buffer[] = [];
  for await (const chunk of archive) chunks.push(Buffer.from(chunk));
  const bytes = Buffer.concat(chunks);
  for (let at = 0; at + BLOCK <= bytes.length && bytes[at] !== 0; ) {
    const size = Number.parseInt(bytes.toString("latin1", at + 124, at + 136), 8);
    // `0` is a file; the others say more about the one that follows.
    if (bytes.toString("latin1", at + 156, at + 157) === "0") {
      return bytes.toString("utf8", at + BLOCK, at + BLOCK + size);
    }
    at += BLOCK + Math.ceil(size / BLOCK) * BLOCK;
  }
  return undefined;
}
