/** Errors on the particles kept apart, a checkpoint a line, and the curves of the training. */
export const POSE_TRAINING = { validation: "validation.jsonl", curves: "curves.svg" } as const;
