import type { Value } from "./value.js";

/** Every value the outputs depend on, each once, inputs before what uses them. Deep graphs need no deep stack. */
export function topologicalOrder(outputs: readonly Value[]): Value[] {
  const order: Value[] = [];
  const seen = new Set<Value>();
  const stack: { value: Value; next: number }[] = [];
  const push = (value: Value): void => {
    if (seen.has(value)) return;
    seen.add(value);
    stack.push({ value, next: 0 });
  };
  for (const output of outputs) {
    push(output);
    for (let top = stack.at(-1); top; top = stack.at(-1)) {
      const child = top.value.inputs[top.next++];
      if (child) push(child);
      else {
        order.push(top.value);
        stack.pop();
      }
    }
  }
  return order;
}
