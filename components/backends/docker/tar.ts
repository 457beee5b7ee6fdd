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
