import type { Model, Shape } from "./models";

/** Everything that the API model has against a value, each with its path. */
export function validate(model: Model, shapeName: string, value: unknown, path: string): string[] {
  const shape = model.shapes[shapeName];
  if (!shape) return [`${path}: the model has no shape ${shapeName}`];
  const check = CHECKS[shape.type];
  return check
    ? check(model, shape, value, path)
    : [`${path}: the model's type ${shape.type} is not known here`];
}

type Check = (model: Model, shape: Shape, value: unknown, path: string) => string[];

const CHECKS: Readonly<Record<string, Check>> = {
  structure(model, { members = {}, required = [] }, value, path) {
    if (!isObject(value)) return [`${path}: ${typeof value} instead of a structure`];
    const missing = required
      .filter((name) => value[name] === undefined)
      .map((name) => `${path}.${name}: missing`);
    const wrong = Object.entries(value).flatMap(([name, inner]) => {
      const member = members[name];
      if (member === undefined) return [`${path}.${name}: not in the API`];
      return validate(model, member, inner, `${path}.${name}`);
    });
    return [...missing, ...wrong];
  },
  list(model, shape, value, path) {
    if (!Array.isArray(value)) return [`${path}: ${typeof value} instead of a list`];
    const wrong = value.flatMap((inner, index) =>
      validate(model, shape.member ?? "", inner, `${path}.${index}`),
    );
    return [...size(shape, value.length, `${path}: length`), ...wrong];
  },
  map(model, shape, value, path) {
    if (!isObject(value)) return [`${path}: ${typeof value} instead of a map`];
    const wrong = Object.entries(value).flatMap(([key, inner]) => [
      ...validate(model, shape.key ?? "", key, `${path}, key ${key}`),
      ...validate(model, shape.value ?? "", inner, `${path}.${key}`),
    ]);
    return [...size(shape, Object.keys(value).length, `${path}: length`), ...wrong];
  },
  string(_, shape, value, path) {
    if (typeof value !== "string") return [`${path}: ${typeof value} instead of a string`];
    const problems = size(shape, value.length, `${path}: length`);
    // The API matches the whole text, whether or not the pattern says so.
    if (shape.pattern && !new RegExp(`^(?:${shape.pattern})$`, "su").test(value)) {
      problems.push(`${path}: ${JSON.stringify(value)} does not match ${shape.pattern}`);
    }
    if (shape.enum && !shape.enum.includes(value)) {
      problems.push(`${path}: ${JSON.stringify(value)} is none of ${shape.enum.join(", ")}`);
    }
    return problems;
  },
  boolean: (_, __, value, path) =>
    typeof value === "boolean" ? [] : [`${path}: ${typeof value} instead of a boolean`],
  integer: whole,
  long: whole,
  double: number,
  float: number,
};

function whole(model: Model, shape: Shape, value: unknown, path: string): string[] {
  return Number.isSafeInteger(value) ? number(model, shape, value, path) : [`${path}: not a whole number`];
}

function number(_: Model, shape: Shape, value: unknown, path: string): string[] {
  return typeof value === "number"
    ? size(shape, value, path)
    : [`${path}: ${typeof value} instead of a number`];
}

function size({ min, max }: Shape, amount: number, path: string): string[] {
  if (min !== undefined && amount < min) return [`${path} ${amount} is below ${min}`];
  if (max !== undefined && amount > max) return [`${path} ${amount} is above ${max}`];
  return [];
}

function isObject(value: unknown): value is Record<string, unknown> {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}
