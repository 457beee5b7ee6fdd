/**
 * Writing any text into the formats that Redis, shells, URLs and dotenv files read, so that no value leaves
 * its place. All of it is property-tested against the real readers.
 */

/** One argument of a redis.conf line: double-quoted, every byte outside printable ASCII as `\xHH` (sds.c `sdssplitargs`). */
export function confArgument(value: string): string {
  if (/^[A-Za-z0-9._:/@%+,=~*-]+$/.test(value)) return value;
  let quoted = "";
  for (const byte of Buffer.from(value, "utf8")) {
    const char = String.fromCharCode(byte);
    if (char === '"' || char === "\\") quoted += `\\${char}`;
    else if (byte >= 0x20 && byte < 0x7f) quoted += char;
    else quoted += `\\x${byte.toString(16).padStart(2, "0")}`;
  }
  return `"${quoted}"`;
}

/** One word of a POSIX shell command. A NUL byte cannot be in one, so it is refused. */
export function shellWord(value: string): string {
  if (value.includes("\0")) throw new Error("A shell word cannot hold a NUL byte.");
  return /^[A-Za-z0-9._:/@%+,=-]+$/.test(value) ? value : `'${value.replaceAll("'", `'\\''`)}'`;
}

/** One part of a URL's user info, percent-encoded (RFC 3986: everything but the unreserved characters). */
export function urlPart(value: string): string {
  // Through UTF-8 and back: half a surrogate pair, which no client can send, would make encodeURIComponent throw.
  return encodeURIComponent(Buffer.from(value, "utf8").toString("utf8")).replace(
    /[!'()*]/g,
    (char) => `%${char.charCodeAt(0).toString(16).toUpperCase()}`,
  );
}
