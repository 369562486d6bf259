import ts from "typescript";

/** What a program can import from an entry of the package, and what its types lead to. */
export interface Surface {
  /** Values and types, sorted. */
  readonly names: readonly string[];
  /** Types of this package that stand in the exports' signatures, as "name of export: name of type". */
  readonly leadsTo: readonly (readonly [exported: string, type: string])[];
}

/** Reads declaration files as a program's compiler does. @param entry path of a .d.ts */
export function readSurface(entries: readonly string[]): Surface[] {
  const program = ts.createProgram([...entries], {
    target: ts.ScriptTarget.ES2022,
    module: ts.ModuleKind.NodeNext,
    moduleResolution: ts.ModuleResolutionKind.NodeNext,
    noLib: true,
    types: [],
  });
  const checker = program.getTypeChecker();
  return entries.map((entry) => surfaceOf(entry, program, checker));
}

function surfaceOf(entry: string, program: ts.Program, checker: ts.TypeChecker): Surface {
  const source = program.getSourceFile(entry);
  const door = source && checker.getSymbolAtLocation(source);
  if (!door) throw new Error(`${entry}: found no module`);
  const symbols = checker
    .getExportsOfModule(door)
    .map((symbol) => ({ name: symbol.name, symbol: resolve(symbol, checker) }));
  const leadsTo = symbols.flatMap(({ name, symbol }) =>
    [...typesIn(symbol, checker)].map((type) => [name, type] as const),
  );
  return { names: symbols.map(({ name }) => name).sort(), leadsTo };
}

const resolve = (symbol: ts.Symbol, checker: ts.TypeChecker): ts.Symbol =>
  symbol.flags & ts.SymbolFlags.Alias ? checker.getAliasedSymbol(symbol) : symbol;

/** Names of this package's types that stand in a symbol's declarations. */
function typesIn(symbol: ts.Symbol, checker: ts.TypeChecker): Set<string> {
  const found = new Set<string>();
  const visit = (node: ts.Node): void => {
    // private members are nobody's business
    if (isPrivate(node)) return;
    const name = nameOfType(node);
    const target = name && checker.getSymbolAtLocation(name);
    const type = target && resolve(target, checker);
    if (type && isOwn(type)) found.add(type.name);
    ts.forEachChild(node, visit);
  };
  for (const declaration of symbol.declarations ?? []) visit(declaration);
  return found;
}

const isPrivate = (node: ts.Node): boolean =>
  ts.canHaveModifiers(node) &&
  (ts.getModifiers(node) ?? []).some(({ kind }) => kind === ts.SyntaxKind.PrivateKeyword);

function nameOfType(node: ts.Node): ts.Node | undefined {
  if (ts.isTypeReferenceNode(node)) return node.typeName;
  return ts.isExpressionWithTypeArguments(node) ? node.expression : undefined;
}

const isOwn = ({ flags, declarations = [] }: ts.Symbol): boolean =>
  (flags & ts.SymbolFlags.TypeParameter) === 0 &&
  declarations.some((each) => /^(?!.*\/node_modules\/).*\/dist\//.test(each.getSourceFile().fileName));
