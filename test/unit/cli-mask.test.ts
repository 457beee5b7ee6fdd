import * as fc from "fast-check";
import { expect, test } from "vitest";
import { MASK, mask } from "../../cli/src/mask";
import { connectionUrl } from "../../components/redis/connection";
import { urlPart } from "../../components/redis/quote";

/** Few characters, so that secrets overlap each other, the mask and themselves. */
const tricky = fc.string({
  unit: fc.constantFrom("a", "*", "@", "%", '"', "\\", "é", ":", "/"),
  minLength: 1,
});
const anyText = fc.oneof(fc.string({ unit: "binary", minLength: 1 }), tricky);
const secret = anyText.filter((text) => /[^*]/.test(text));

test.each([
  ["WRONGPASS for s3cret", ["s3cret"], "WRONGPASS for ***"],
  ["with args 'default' 's3cret' 's3cret'", ["s3cret"], "with args 'default' '***' '***'"],
  ["redis://default:p%40ss%20word@host:6379", ["p@ss word"], "redis://default:***@host:6379"],
  ["redis://default:p@ss@host:6379", ["p@ss"], "redis://default:***@host:6379"],
  ["rediss://default:unknown@host:6379/0", [], "rediss://default:***@host:6379/0"],
  ['{"password":"a\\"b"}', ['a"b'], '{"password":"***"}'],
  ["abcabcab", ["abcab"], MASK],
  ["xabcdx", ["abc", "bcd"], "x***x"],
  ["redis://host:6379 and a@b:c", [], "redis://host:6379 and a@b:c"],
])("%j without %j is %j", (text, secrets, masked) => {
  expect(mask(text, secrets)).toBe(masked);
});

test("no text shows a secret in any spelling", () => {
  fc.assert(
    fc.property(fc.array(secret, { minLength: 1, maxLength: 3 }), fc.array(anyText), (secrets, filling) => {
      for (const hidden of secrets) {
        const spellings = [hidden, urlPart(hidden), JSON.stringify(hidden).slice(1, -1)];
        for (const spelling of spellings) {
          const masked = mask([...filling, spelling, ...filling].join(""), secrets);
          expect(masked).not.toContain(hidden);
          expect(masked).not.toContain(spelling);
        }
      }
    }),
    { numRuns: 500 },
  );
});

test("every URL loses its password, known or not", () => {
  fc.assert(
    fc.property(secret, fc.boolean(), (password, tls) => {
      const url = connectionUrl({ host: "host", port: 6379, username: "default", password, tls });
      expect(mask(`cannot reach ${url}.`, [])).toBe(
        `cannot reach redis${tls ? "s" : ""}://default:***@host:6379.`,
      );
    }),
  );
});

test("a text without secrets and URLs stays as it is", () => {
  fc.assert(
    fc.property(fc.string({ unit: fc.constantFrom("a", "b", " ", "*") }), (text) => {
      expect(mask(text, ["secret"])).toBe(text);
    }),
  );
});
