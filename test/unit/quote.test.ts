import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { splitArguments } from "../../components/redis/arguments";
import { renderConfig } from "../../components/redis/config";
import { confArgument, shellWord, urlPart } from "../../components/redis/quote";

// Against the real readers: test/live/render.test.ts.

describe("confArgument", () => {
  test.each<[string, string]>([
    ["everysec", "everysec"],
    ["/var/lib/redis-1.0_a:b@c%+,=~*", "/var/lib/redis-1.0_a:b@c%+,=~*"],
    ["", '""'],
    ["a b", '"a b"'],
    ["#", '"#"'],
    ["it's", '"it\'s"'],
    ['say "hi"', '"say \\"hi\\""'],
    ["C:\\new", '"C:\\\\new"'],
    ["a\nrequirepass x", '"a\\x0arequirepass x"'],
    ["\0\t\r\x7f", '"\\x00\\x09\\x0d\\x7f"'],
    ["é", '"\\xc3\\xa9"'],
    ["\u2028", '"\\xe2\\x80\\xa8"'],
    ["😀", '"\\xf0\\x9f\\x98\\x80"'],
  ])("%j is written as %s", (value, written) => {
    expect(confArgument(value)).toBe(written);
  });
});

test("renderConfig writes a line a directive, whatever the arguments hold", () => {
  expect(renderConfig([["save", ""], ["save", "900", "1"], ["masterauth", "a\nb #"], ["alone"]])).toBe(
    'save ""\nsave 900 1\nmasterauth "a\\x0ab #"\nalone\n',
  );
  expect(renderConfig([])).toBe("");
});

test("what renderConfig writes is printable ASCII, a line a directive, and splits into the same arguments", () => {
  fc.assert(
    fc.property(fc.array(fc.string({ unit: "binary" }), { minLength: 1 }), (args) => {
      const text = renderConfig([["name", ...args]]);
      expect(text).toMatch(/^[ -~]+\n$/);
      expect(splitArguments(text)).toEqual(["name", ...args]);
    }),
    { numRuns: 1000 },
  );
});

describe("splitArguments, on what only Redis' grammar has", () => {
  test.each<[string, string[] | undefined]>([
    ["", []],
    [" \v\f\t\r\n", []],
    ["a\vb", ["a\vb"]],
    ["\va", ["a"]],
    ["a\v", ["a\v"]],
    ['"a"\vb', ["a", "b"]],
    ['"a"\v', ["a"]],
    ['mid"dle of"', ["middle of"]],
    ["mid'dle of' b", ["middle of", "b"]],
    ["'a\\\\'b'", ["a\\'b"]],
    ['"\\x4"', ["x4"]],
    ['"\\xZZ"', ["xZZ"]],
    ['"\\\\x41"', ["\\x41"]],
    ["'\\x41\\n'", ["\\x41\\n"]],
    ["a\\nb", ["a\\nb"]],
    ['"\\r\\t\\b\\a"', ["\r\t\b\x07"]],
    ["\u2003a\u3000b\ufeff", ["\u2003a\u3000b\ufeff"]],
    ['"a', undefined],
    ["a'", undefined],
    ['"a\\', undefined],
    ['"a\\"', undefined],
    ["'a\\'", undefined],
    ['"a"b', undefined],
    ["'a'b", undefined],
    ["\"a\"'b'", undefined],
    [' "a', undefined],
    ['b  "a', undefined],
  ])("%j", (line, args) => {
    expect(splitArguments(line)).toEqual(args);
  });
});

describe("shellWord", () => {
  test.each<[string, string]>([
    ["redis-cli", "redis-cli"],
    ["a=b", "a=b"],
    ["", "''"],
    ["a b", "'a b'"],
    ["it's", "'it'\\''s'"],
    ["$(reboot)`reboot`", "'$(reboot)`reboot`'"],
    ["~", "'~'"],
    ["*", "'*'"],
    ["a\nb", "'a\nb'"],
    ["é", "'é'"],
  ])("%j is written as %s", (value, written) => {
    expect(shellWord(value)).toBe(written);
  });

  test("a NUL byte has no place in one", () => {
    expect(() => shellWord("a\0b")).toThrow(new Error("A shell word cannot hold a NUL byte."));
  });
});

test.each<[string, string]>([
  ["aZ09-._~", "aZ09-._~"],
  [":/?#[]@", "%3A%2F%3F%23%5B%5D%40"],
  ["!$&'()*+,;=", "%21%24%26%27%28%29%2A%2B%2C%3B%3D"],
  [" %\n\0é😀", "%20%25%0A%00%C3%A9%F0%9F%98%80"],
  ["half a pair: \ud800", "half%20a%20pair%3A%20%EF%BF%BD"],
])("urlPart(%j) is %s", (value, encoded) => {
  expect(urlPart(value)).toBe(encoded);
});
