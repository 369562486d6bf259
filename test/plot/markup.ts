/** Whether every tag of a document is closed, in order, and every & begins an entity. */
export function wellFormed(markup: string): boolean {
  if (/&(?!(amp|lt|gt|quot);)/.test(markup)) return false;
  const open: string[] = [];
  for (const [, closing, name, rest] of markup.matchAll(/<(\/?)([a-zA-Z][\w-]*)((?:\s[^<>]*)?)>/g)) {
    if (closing) {
      if (open.pop() !== name) return false;
    } else if (!rest!.endsWith("/")) open.push(name!);
  }
  return open.length === 0 && !markup.replace(/<(\/?)([a-zA-Z][\w-]*)((?:\s[^<>]*)?)>/g, "").includes("<");
}

/** The attributes of every element of a name, in order. */
export function attributesOf(markup: string, name: string): readonly Readonly<Record<string, string>>[] {
  return [...markup.matchAll(new RegExp(`<${name}((?:\\s[^<>]*)?)>`, "g"))].map(([, text]) =>
    Object.fromEntries([...text!.matchAll(/([\w-]+)="([^"]*)"/g)].map(([, key, value]) => [key!, value!])),
  );
}

/** The points of a path of straight lines. */
export const pathPoints = (d: string): readonly (readonly [number, number])[] =>
  [...d.matchAll(/[ML](-?[\d.]+),(-?[\d.]+)/g)].map(([, x, y]) => [Number(x), Number(y)] as const);
