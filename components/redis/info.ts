/** The fields of an answer to INFO, without its headings. */
export type Info = Readonly<Record<string, string>>;

/** Reads an answer to INFO. */
export function parseInfo(text: string): Info {
  const lines = text.split(/\r?\n/).filter((line) => line.includes(":") && !line.startsWith("#"));
  return Object.fromEntries(
    lines.map((line) => [line.slice(0, line.indexOf(":")), line.slice(line.indexOf(":") + 1)]),
  );
}

/** `redis 7.4.1` or `valkey 8.1.0`. Valkey says a Redis version too, the one it is compatible with. */
export function serverName({ redis_version, valkey_version }: Info): string {
  return valkey_version === undefined ? `redis ${redis_version ?? "0"}` : `valkey ${valkey_version}`;
}
