/** Images handed out one at a time, so that a set need not fit into memory. */
export interface ImageSource<T> {
  readonly count: number;
  load(index: number): Promise<T>;
}
