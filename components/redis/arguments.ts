/**
 * Reading a line's arguments as Redis does (sds.c `sdssplitargs`), byte by byte: a Unicode space is a letter to
 * it, quotes may open in the middle of a word, and must be followed by a space or the end when they close.
 */
const BLANKS = /[ \t\n\v\f\r]*/y;
const ARGUMENT =
  /([^ \t\n\r"']*)(?:(?:"((?:\\[\s\S]|[^"\\])*)"|'((?:\\'|[^'\\]|\\(?!'))*)')(?=[ \t\n\v\f\r]|$)|(?=[ \t\n\r]|$))/y;

const ESCAPES: Readonly<Record<string, string>> = { n: "\n", r: "\r", t: "\t", b: "\b", a: "\x07" };

/** Splits a line into its arguments; none for a blank one. Undefined when quotes do not close. */
export function splitArguments(line: string): string[] | undefined {
  // One character a byte: `\xc3\xa9` in quotes is one letter of UTF-8, not two.
  const bytes = Buffer.from(line, "utf8").toString("latin1");
  const args: string[] = [];
  for (let at = afterBlanks(bytes, 0); at < bytes.length; at = afterBlanks(bytes, ARGUMENT.lastIndex)) {
    ARGUMENT.lastIndex = at;
    const match = ARGUMENT.exec(bytes);
    if (!match) return undefined;
    const [, plain = "", double = "", single = ""] = match;
    const argument = plain + unescapeDouble(double) + single.replaceAll("\\'", "'");
    args.push(Buffer.from(argument, "latin1").toString("utf8"));
  }
  return args;
}

function afterBlanks(bytes: string, from: number): number {
  BLANKS.lastIndex = from;
  BLANKS.exec(bytes);
  return BLANKS.lastIndex;
}

function unescapeDouble(text: string): string {
  return text.replace(/\\(?:x([0-9a-fA-F]{2})|([\s\S]))/g, (_, hex?: string, char = "") =>
    hex ? String.fromCharCode(Number.parseInt(hex, 16)) : (ESCAPES[char] ?? char),
  );
}
