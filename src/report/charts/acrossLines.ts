/** Variants without a level, as lines across a chart of scores against a factor. */
import type { AcrossRow, FactorPanel } from './factorPanels.ts';

interface Line<Y> {
  data: { values: AcrossRow[] };
  mark: { type: 'rule'; style: 'guide'; strokeDash: number[]; opacity: number };
  encoding: { y: Y };
}

interface Name<Y> {
  data: { values: AcrossRow[] };
  mark: { type: 'text'; style: 'note'; align: 'left' | 'right'; dx: number; dy: number };
  encoding: { x: { value: number | 'width' }; y: Y; text: { field: 'label' } };
}

/** Dashed lines, with their names at one end where this plot has them. */
export function acrossLayers<Y extends object>(
  across: readonly AcrossRow[],
  y: Y,
  frame: readonly [number, number],
  names: 'left' | 'right' | null,
): (Line<Y> | Name<Y>)[] {
  if (across.length === 0) return [];
  const line: Line<Y> = {
    data: { values: [...across] },
    mark: { type: 'rule', style: 'guide', strokeDash: [5, 4], opacity: 0.7 },
    encoding: { y },
  };
  if (names === null) return [line];
  const [x, dx] = names === 'left' ? [0, 2] : (['width', -2] as const);
  const name: Name<Y> = {
    data: { values: namesOf(across, frame) },
    mark: { type: 'text', style: 'note', align: names, dx, dy: -7 },
    encoding: { x: { value: x }, y, text: { field: 'label' } },
  };
  return [line, name];
}

/** A name for each line, or one for several that are so close that their names would lie on each other. */
function namesOf(across: readonly AcrossRow[], [low, high]: readonly [number, number]): AcrossRow[] {
  const close = 0.07 * (high - low);
  const groups: AcrossRow[][] = [];
  for (const row of [...across].sort((a, b) => a.score - b.score)) {
    const last = groups.at(-1);
    if (last && row.score - last[0]!.score < close) last.push(row);
    else groups.push([row]);
  }
  return groups.map((group) => {
    const names = across.filter((row) => group.includes(row)).map(({ label }) => label);
    const whole = names.join(' · ');
    const isShort = names.length === 1 || whole.length <= 30;
    const shortest = names.reduce((a, b) => (b.length < a.length ? b : a));
    return { label: isShort ? whole : `${shortest} and ${names.length - 1} more`, score: group.at(-1)!.score };
  });
}

/** The end of a panel at which the marks are further from the lines across: left in the first column, or right in the last. */
export function nameAt(
  { facets, across }: FactorPanel,
  levels: readonly number[],
  column: number,
): 'left' | 'right' | null {
  const distance = (at: number, level: number): number =>
    Math.min(
      ...facets[at]!.rows.filter((row) => row.level === level).flatMap((row) =>
        across.map(({ score }) => Math.abs(score - row.score)),
      ),
    );
  const last = facets.length - 1;
  const side = distance(0, levels[0]!) > distance(last, levels.at(-1)!) ? 'left' : 'right';
  return column === (side === 'left' ? 0 : last) ? side : null;
}
