import fc from "fast-check";
import { describe, expect, test } from "vitest";
import {
  formatSize,
  MAX_SIZE,
  MIN_SIZE,
  parseSize,
  SIZE_FORMS,
  SizeError,
} from "../../components/redis/size";

const KI = 1024;
const MI = KI ** 2;
const GI = KI ** 3;
const TI = KI ** 4;

describe("parseSize: exact bytes", () => {
  test.each<[string, number]>([
    ["16777216", 16 * MI],
    ["16777216b", 16 * MI],
    ["16778k", 16_778_000],
    ["16384kb", 16 * MI],
    ["16384Ki", 16 * MI],
    ["17m", 17_000_000],
    ["256mb", 256 * MI],
    ["512Mi", 512 * MI],
    ["1g", 1_000_000_000],
    ["4gb", 4 * GI],
    ["4.5Gi", 4_831_838_208],
    ["1t", 1_000_000_000_000],
    ["1tb", TI],
    ["2Ti", 2 * TI],
    ["100m", 100_000_000],
    ["100mb", 104_857_600],
    ["256MB", 256 * MI],
    ["1G", 1_000_000_000],
    ["1GI", GI],
    ["1gI", GI],
    ["0.5gb", 512 * MI],
    ["16.800001m", 16_800_001],
    ["20.125Mi", 20 * MI + 128 * KI],
    ["00256mb", 256 * MI],
    ["256.000mb", 256 * MI],
    [" 256mb ", 256 * MI],
    ["\t256mb\n", 256 * MI],
    ["16Mi", MIN_SIZE],
    ["9007199254740991", MAX_SIZE],
    ["9007199254740991b", MAX_SIZE],
  ])("%j is %d", (text, bytes) => {
    expect(parseSize(text)).toBe(bytes);
  });
});

describe("parseSize: refusals", () => {
  test.each<[string, string]>([
    ["", '"" is not a size'],
    [" ", '" " is not a size'],
    ["mb", '"mb" is not a size'],
    ["NaN", "a text of 3 characters is not a size"],
    ["Infinity", "a text of 8 characters is not a size"],
    ["-1", '"-1" is not a size'],
    ["-256mb", '"-256mb" is not a size'],
    ["+256mb", '"+256mb" is not a size'],
    ["1e9", "a text of 3 characters is not a size"],
    ["0x10000000", "a text of 10 characters is not a size"],
    ["256 mb", '"256 mb" is not a size'],
    ["256mib", '"256mib" is not a size'],
    ["1,5gb", '"1,5gb" is not a size'],
    [".5gb", '".5gb" is not a size'],
    ["1.gb", '"1.gb" is not a size'],
    ["1.2.3gb", '"1.2.3gb" is not a size'],
    ["hunter2", "a text of 7 characters is not a size"],
    ["12 bananas", "a text of 10 characters is not a size"],
    ["٢٥٦mb", "a text of 5 characters is not a size"],
    ["256mb\0", "a text of 6 characters is not a size"],
    ["256mb\u202e", "a text of 6 characters is not a size"],
    ["256\u212a", "a text of 4 characters is not a size"],
    ["1p", '"1p" has an unknown unit'],
    ["1Ei", '"1Ei" has an unknown unit'],
    ["256bm", "a text of 5 characters has an unknown unit"],
    ["16777216.5", '"16777216.5" is not a whole number of bytes'],
    ["4.1gb", '"4.1gb" is not a whole number of bytes'],
    ["16777216.0000000000000000000001", '"16777216.0000000000000000000001" is not a whole number of bytes'],
    ["0", '"0" is below 16Mi'],
    ["0gb", '"0gb" is below 16Mi'],
    ["0.0", '"0.0" is below 16Mi'],
    ["1m", '"1m" is below 16Mi'],
    ["16m", '"16m" is below 16Mi'],
    ["16777215", '"16777215" is below 16Mi'],
    ["9007199254740992", '"9007199254740992" is above 2^53 - 1 bytes'],
    ["8192Ti", '"8192Ti" is above 2^53 - 1 bytes'],
    ["999999999999999999999999999999tb", '"999999999999999999999999999999tb" is above 2^53 - 1 bytes'],
    ["1".repeat(31), `"${"1".repeat(31)}" is not a size`],
    ["1".repeat(5000), "a text of 5000 characters is not a size"],
  ])("%j", (text, message) => {
    expect(() => parseSize(text)).toThrow(new SizeError(message));
  });
});

test("the limits in the messages are the limits", () => {
  expect(SIZE_FORMS).toBe(
    'a size from 16Mi to 2^53 - 1 bytes, such as "256mb", "4gb", "1g" (Redis) or "512Mi", "4.5Gi" (Kubernetes)',
  );
  expect([MIN_SIZE, MAX_SIZE]).toEqual([16 * MI, 2 ** 53 - 1]);
  for (const [example] of SIZE_FORMS.matchAll(/(?<=")[^",]+(?=")/g)) {
    if (/^\d/.test(example)) expect(parseSize(example)).toBeGreaterThan(MIN_SIZE);
  }
});

test.each<[number, string]>([
  [640 * MI, "640Mi"],
  [4.5 * GI, "4.5Gi"],
  [1024 * MI, "1Gi"],
  [1.5 * MI, "1.5Mi"],
  [16 * MI + 512 * KI, "16.5Mi"],
  [16 * MI + 256 * KI, "16640Ki"],
  [16 * MI + 1, "16777217 bytes"],
  [512, "512 bytes"],
  [0, "0 bytes"],
  [MAX_SIZE, "9007199254740991 bytes"],
])("formatSize(%d) is %s", (bytes, text) => {
  expect(formatSize(bytes)).toBe(text);
});

const bytes = fc.oneof(
  fc.integer({ min: MIN_SIZE, max: MAX_SIZE }),
  fc
    .tuple(fc.integer({ min: 1, max: 8191 }), fc.constantFrom(MI, GI, TI), fc.constantFrom(1, 2))
    .map(([count, unit, half]) => (count * unit) / half)
    .filter((size) => size >= MIN_SIZE),
);

test("what formatSize writes, parseSize reads back", () => {
  fc.assert(
    fc.property(bytes, (size) => {
      expect(parseSize(formatSize(size).replace(/ bytes$/, ""))).toBe(size);
    }),
    { numRuns: 2000 },
  );
});

test("a decimal size is exact or refused, never rounded", () => {
  const decimal = fc.tuple(fc.nat({ max: 5000 }), fc.stringMatching(/^\d{1,12}$/));
  const units = { k: 1000n, kb: 1024n, mi: 1024n ** 2n, g: 1000n ** 3n, tb: 1024n ** 4n } as const;
  const unit = fc.constantFrom(...(Object.keys(units) as (keyof typeof units)[]));
  fc.assert(
    fc.property(decimal, unit, ([whole, fraction], suffix) => {
      const text = `${whole}.${fraction}${suffix}`;
      try {
        const scale = 10n ** BigInt(fraction.length);
        expect(BigInt(parseSize(text)) * scale).toBe(BigInt(`${whole}${fraction}`) * units[suffix]);
      } catch (error) {
        expect(error).toBeInstanceOf(SizeError);
      }
    }),
    { numRuns: 1000 },
  );
});

test("any other text is a SizeError, not a number and not a crash", () => {
  fc.assert(
    fc.property(fc.string({ unit: "binary" }), (text) => {
      fc.pre(!/^\s*\d/.test(text));
      expect(() => parseSize(text)).toThrow(SizeError);
    }),
    { numRuns: 1000 },
  );
});
