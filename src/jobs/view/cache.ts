/** Keeps what took long to make, the most recently used first, up to a number of bytes. */
export class Cache {
  private readonly kept = new Map<string, { readonly value: Promise<unknown>; bytes: number }>();
  private total = 0;

  /** @param most bytes; the newest value stays even where it is larger */
  constructor(private readonly most: number) {}

  /** The value of a key, made when it is not there. Calls at the same time share one; a failure is not kept. */
  async get<T>(key: string, make: () => Promise<T>, bytesOf: (value: T) => number): Promise<T> {
    const found = this.kept.get(key);
    if (found) {
      this.kept.delete(key);
      this.kept.set(key, found);
      return found.value as Promise<T>;
    }
    const entry = { value: make(), bytes: 0 };
    this.kept.set(key, entry);
    try {
      const value = await entry.value;
      entry.bytes = bytesOf(value);
      this.total += entry.bytes;
      this.shrink();
      return value;
    } catch (error) {
      this.kept.delete(key);
      throw error;
    }
  }

  private shrink(): void {
    for (const [key, { bytes }] of this.kept) {
      if (this.total <= this.most || this.kept.size === 1) return;
      // what is still being made has no size yet and stays
      if (bytes === 0) continue;
      this.kept.delete(key);
      this.total -= bytes;
    }
  }
}
