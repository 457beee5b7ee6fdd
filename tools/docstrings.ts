import { existsSync, readFileSync } from "node:fs";
import * as path from "node:path";
import * as ts from "typescript";

/** An interface as it stands in a source, what it extends included. */
export interface Documented {
  readonly members: ReadonlyMap<string, Member>;
}

export interface Member {
  /** The docstring on one line; undefined when there is none. */
  readonly text?: string;
  /** The interface of its value, or of its value's entries; undefined where that is none of ours. */
  readonly inner: () => Documented | undefined;
}

/** Reads an interface, and on demand those of its members, along the imports. No types are checked. */
export function documented(file: string, name: string): Documented {
  const found = find(parse(file), name);
  if (found === undefined) throw new Error(`${file} has no interface ${name}.`);
  return found;
}

function parse(file: string): ts.SourceFile {
  return ts.createSourceFile(file, readFileSync(file, "utf8"), ts.ScriptTarget.Latest, true);
}

function find(source: ts.SourceFile, name: string): Documented | undefined {
  for (const statement of source.statements) {
    if (ts.isInterfaceDeclaration(statement) && statement.name.text === name) return read(source, statement);
    if (!ts.isImportDeclaration(statement)) continue;
    const bindings = statement.importClause?.namedBindings;
    const imported =
      bindings && ts.isNamedImports(bindings) && bindings.elements.find((one) => one.name.text === name);
    const file = path.resolve(
      path.dirname(source.fileName),
      `${(statement.moduleSpecifier as ts.StringLiteral).text}.ts`,
    );
    if (imported && existsSync(file)) return find(parse(file), (imported.propertyName ?? imported.name).text);
  }
  return undefined;
}

function read(source: ts.SourceFile, declaration: ts.InterfaceDeclaration): Documented {
  const bases = declaration.heritageClauses?.flatMap(({ types }) => types) ?? [];
  const inherited = bases.flatMap(({ expression }) => [
    ...(find(source, expression.getText())?.members ?? []),
  ]);
  const own = declaration.members.filter(ts.isPropertySignature).map((member): [string, Member] => {
    const text = docstring(member);
    const inner = () => (member.type === undefined ? undefined : typeOf(source, member.type));
    return [member.name.getText(), { ...(text !== undefined && { text }), inner }];
  });
  return { members: new Map([...inherited, ...own]) };
}

function typeOf(source: ts.SourceFile, type: ts.TypeNode): Documented | undefined {
  if (ts.isArrayTypeNode(type)) return typeOf(source, type.elementType);
  return ts.isTypeReferenceNode(type) ? find(source, type.typeName.getText()) : undefined;
}

function docstring(member: ts.PropertySignature): string | undefined {
  const [comment] = ts.getJSDocCommentsAndTags(member);
  const text = comment && ts.getTextOfJSDocComment(comment.comment);
  // What would end the comment is written with a backslash.
  return text?.replace(/\s+/g, " ").replaceAll("*\\/", "*/").trim();
}
