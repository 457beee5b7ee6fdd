import Table from "cli-table3";

/** Rows as a table. What a server or a job says may hold anything, also what a terminal obeys: it is made plain. */
export function textTable(head: readonly string[], rows: readonly (readonly unknown[])[]): string {
  const table = new Table({ head: [...head], style: { head: [], border: [], compact: true } });
  for (const row of rows) table.push(row.map((cell) => oneLine(cell === undefined ? "–" : String(cell))));
  return `${table.toString()}\n`;
}

/** Text without anything that a terminal obeys, on one line, cut to so many characters. */
export function oneLine(text: string, length = 400): string {
  const plain = text.replace(/[\p{Cc}\p{Cf}]+/gu, " ").trim();
  return plain.length > length ? `${plain.slice(0, length - 1)}…` : plain;
}

/** `1 job`, `2 jobs`. */
export function counted(count: number, noun: string, plural = `${noun}s`): string {
  return `${count} ${count === 1 ? noun : plural}`;
}

/** Bytes as a person says them, in units of 1024: `512 B`, `3.4 KB`, `120 MB`, `1.5 GB`. */
export function formatBytes(bytes: number): string {
  const units = ["B", "KB", "MB", "GB", "TB"];
  const step = bytes < 1 ? 0 : Math.min(units.length - 1, Math.floor(Math.log(bytes) / Math.log(1024)));
  const number = bytes / 1024 ** step;
  return `${step > 0 && number < 10 ? number.toFixed(1) : Math.round(number)} ${units[step]}`;
}
