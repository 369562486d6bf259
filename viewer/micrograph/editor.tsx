import { useState } from "preact/hooks";
import type { PicksToSave, PicksView, SavedPicks } from "../../src/jobs/view/records.js";
import { send } from "../api.js";
import { useKeys } from "../hooks.js";

/** Picks while they are corrected. A click takes the one under it away, or sets one. */
export class EditedPicks {
  constructor(
    readonly x: readonly number[],
    readonly y: readonly number[],
    /** null: set by hand. */
    readonly score: readonly (number | null)[],
    readonly before?: EditedPicks,
  ) {}

  clicked(x: number, y: number, radius: number): EditedPicks {
    let nearest = -1;
    let least = radius;
    this.x.forEach((other, i) => {
      const distance = Math.hypot(other - x, this.y[i]! - y);
      if (distance <= least) [nearest, least] = [i, distance];
    });
    if (nearest < 0) return new EditedPicks([...this.x, x], [...this.y, y], [...this.score, null], this);
    const without = <T,>(list: readonly T[]): T[] => list.filter((_, i) => i !== nearest);
    return new EditedPicks(without(this.x), without(this.y), without(this.score), this);
  }
}

/** Starts, ends and saves a correction. */
export function Editor(props: {
  readonly place: string;
  readonly labels: string | undefined;
  readonly picks: PicksView | undefined;
  readonly threshold: number;
  readonly edited: EditedPicks | undefined;
  readonly onEdit: (edited: EditedPicks | undefined) => void;
}) {
  const { place, labels, picks, threshold, edited, onEdit } = props;
  const [said, setSaid] = useState<{ readonly text: string; readonly isProblem: boolean }>();
  const start = (): void => {
    setSaid(undefined);
    const rows = (picks?.x ?? []).map((x, i) => [x, picks!.y[i]!, picks!.score?.[i] ?? null] as const);
    const kept = rows.filter(([, , score]) => score === null || score >= threshold);
    onEdit(
      new EditedPicks(
        kept.map(([x]) => x),
        kept.map(([, y]) => y),
        kept.map(([, , score]) => score),
      ),
    );
  };
  useKeys({ e: () => (edited ? onEdit(undefined) : start()) });
  const save = async (): Promise<void> => {
    const { x, y, score } = edited!;
    const body: PicksToSave = { ...(labels !== undefined && { labels }), image: place, x, y, score };
    try {
      const { name, kept } = await send<SavedPicks>("save", body);
      setSaid({
        text: `Saved as ${name}${kept ? `; the older one is kept as ${kept}` : ""}.`,
        isProblem: false,
      });
    } catch (error) {
      setSaid({ text: (error as Error).message, isProblem: true });
    }
  };
  if (!edited) {
    return (
      <>
        <button type="button" onClick={start}>
          {picks ? "Correct picks (e)" : "Pick by hand (e)"}
        </button>
        {said && <p class="note">{said.text}</p>}
      </>
    );
  }
  return (
    <div class="editor">
      <p class="note">Click a circle to take it away, elsewhere to set one. {edited.x.length} picks.</p>
      <div class="row">
        <button type="button" class="main" onClick={() => void save()}>
          Save
        </button>
        <button type="button" disabled={!edited.before} onClick={() => onEdit(edited.before)}>
          Undo
        </button>
        <button type="button" onClick={() => onEdit(undefined)}>
          Stop
        </button>
      </div>
      {said && (
        <p class={said.isProblem ? "problem" : "note"} role="status">
          {said.text}
        </p>
      )}
    </div>
  );
}
