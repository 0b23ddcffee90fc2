/** What was written, and the texts it may be like. */
export interface Segment {
  readonly hypothesis: string;
  /** At least one. */
  readonly references: readonly string[];
}

/** Throws an Error for a segment without a reference, and for no segment at all: no score says anything of them. */
export function checkSegments(metric: string, segments: readonly Segment[]): void {
  if (segments.length === 0) throw new Error(`${metric}: there is no text to score`);
  const bare = segments.findIndex(({ references }) => references.length === 0);
  if (bare >= 0) throw new Error(`${metric}: text ${bare + 1} of ${segments.length} has no reference`);
}
