import { urlPart } from "redis-topology/redis";

export const MASK = "***";

/**
 * The text with every secret replaced by `***`, also where it stands percent-encoded or JSON-escaped, and the
 * password of every `scheme://user:password@` even when it is unknown. Overlapping occurrences become one mask.
 * A secret of asterisks only cannot be told from the mask and is left alone.
 */
export function mask(text: string, secrets: readonly string[]): string {
  const forms = [...new Set(secrets.flatMap(spellings))].filter((form) => /[^*]/.test(form));
  let masked = text;
  // Again until nothing is left: a mask beside what stood next to it can spell a secret that holds asterisks.
  for (;;) {
    const next = maskUrls(maskOnce(masked, forms));
    if (next === masked) return masked;
    masked = next;
  }
}

function spellings(secret: string): string[] {
  const wellFormed = Buffer.from(secret, "utf8").toString("utf8");
  return [
    secret,
    wellFormed,
    urlPart(secret),
    encodeURIComponent(wellFormed),
    JSON.stringify(secret).slice(1, -1),
  ];
}

function maskUrls(text: string): string {
  return text.replace(/([a-z][a-z0-9+.-]*:\/\/[^\s/:@]*):[^\s/@]+@/gi, `$1:${MASK}@`);
}

function maskOnce(text: string, forms: readonly string[]): string {
  const hidden = new Uint8Array(text.length);
  for (const form of forms) {
    for (let at = text.indexOf(form); at !== -1; at = text.indexOf(form, at + 1)) {
      hidden.fill(1, at, at + form.length);
    }
  }
  let masked = "";
  for (let at = 0; at < text.length; at++) {
    if (!hidden[at]) masked += text[at];
    else if (!hidden[at - 1]) masked += MASK;
  }
  return masked;
}
