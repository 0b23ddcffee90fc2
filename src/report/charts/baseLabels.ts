import { fixed } from '../numberText.ts';
import type { BaseOutcome } from './outcomeRows.ts';

/** A layer of labels of the lines across a plot that show what bases know of the source. */
export interface BaseLabelLayer<Encoding> {
  name: string;
  data: { values: BaseOutcome[] };
  mark: { type: 'text'; style: 'note'; align: 'right'; dx: number; dy: number };
  encoding: Encoding;
}

/** Bases that are further right than the frame: those whose lines are closer than `close` have one label together. */
export function outsideLabels(bases: readonly BaseOutcome[], close: number): BaseOutcome[] {
  const together: BaseOutcome[][] = [];
  for (const base of bases) {
    const near = together.find(([first]) => Math.abs(first.retainLossNats - base.retainLossNats) < close);
    if (near) near.push(base);
    else together.push([base]);
  }
  return together.map((some) => {
    const losses = some.map(({ learnLossNats }) => learnLossNats);
    const [low, high] = [Math.min(...losses), Math.max(...losses)].map((loss) => fixed(loss, 2));
    const label = some.length === 1 ? some[0].label : together.length === 1 ? 'bases' : `${some.length} bases`;
    return { ...some[0], label: `${label}: ${low === high ? low : `${low} to ${high}`} on the target  ▶` };
  });
}

/** Above their dashed lines, the lowest below its own: most marks lie above, and those of close lines do not meet. */
export function baseLabels<Encoding>(
  name: string,
  some: readonly BaseOutcome[],
  { among, dx, encoding }: { among: readonly BaseOutcome[]; dx: number; encoding: Encoding },
): BaseLabelLayer<Encoding>[] {
  const lowest = Math.min(...among.map((base) => base.retainLossNats));
  return [
    { place: 'above', values: some.filter((base) => base.retainLossNats > lowest), dy: -9 },
    { place: 'below', values: some.filter((base) => base.retainLossNats <= lowest), dy: 12 },
  ].map(({ place, values, dy }) => ({
    name: `labels-${name}-${place}`,
    data: { values },
    mark: { type: 'text', style: 'note', align: 'right', dx, dy },
    encoding,
  }));
}
