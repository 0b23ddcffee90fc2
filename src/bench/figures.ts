/** A row's figures, from what its sides came to. */
import type { MeasuredFigure } from './record.ts';
import type { Figure, MeasuredSide, Row } from './row.ts';

/** What is measured of a side. */
export type Sides = ReadonlyMap<string, MeasuredSide>;

export const figuresOf = ({ figures, better }: Row, sides: Sides): MeasuredFigure[] =>
  figures.map((figure) => {
    const { what, against, reach, stretch } = figure;
    const ratio = ratioOf(figure, sides);
    return {
      what,
      against: typeof against === 'string' ? against : against.name,
      ratio,
      reach,
      ...(stretch === undefined ? {} : { stretch }),
      reached: ratio === null ? null : better === 'lower' ? ratio <= reach : ratio >= reach,
    };
  });

/** Null where a side is missing. */
function ratioOf({ against, of }: Figure, sides: Sides): number | null {
  const ours = sides.get('ours');
  if (!ours) return null;
  if (typeof against !== 'string') return of(ours) / against.value(ours);
  const other = sides.get(against);
  return other ? of(ours) / of(other) : null;
}
