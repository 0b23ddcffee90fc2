/** The numbers of a chart of scores against a factor: a panel for each score. */
import type { Estimate } from '../../results/estimate.ts';
import type { FactorDesign, Place } from './factorDesign.ts';

/** A variant at its best rate: the mean over seeds of a score on test data, with the bounds of its 95 % interval. */
export interface FactorRow {
  variant: string;
  line: string;
  level: number;
  score: number;
  low: number;
  high: number;
  /** Alone at its level of its line, so that a line can go through it. */
  joined: boolean;
}

/** A variant without a level, as a line across. */
export interface AcrossRow {
  label: string;
  score: number;
}

export interface FactorPanel {
  /** Lines of the axis' title, none longer than a panel is high: it would push the others away. */
  title: string[];
  /** Of each facet, in order. */
  facets: { facet: string; rows: FactorRow[] }[];
  across: AcrossRow[];
  /** Whether the score is a share, between 0 and 1. */
  isShare: boolean;
}

const scores: readonly {
  title: string[];
  isShare?: true;
  of: (place: Pick<Place, 'row'>) => Estimate | undefined;
}[] = [
  {
    title: ['test loss on the target', '(nats per token,', 'lower is better)'],
    of: ({ row }) => row.best.learn.lossNats,
  },
  {
    title: ['exact match on the target', '(share of 1,', 'higher is better)'],
    isShare: true,
    of: ({ row }) => row.best.learn.exactMatch,
  },
  {
    title: ['test loss on the source', '(nats per token,', 'lower is better)'],
    of: ({ row }) => row.best.retain.lossNats,
  },
];

/** Of each score that all variants of the design have. */
export function factorPanels({ places, facets, others }: FactorDesign): FactorPanel[] {
  return scores
    .filter(({ of }) => places.every((place) => of(place) !== undefined))
    .map(({ title, isShare = false, of }) => ({
      title,
      isShare,
      facets: facets.map((facet) => {
        const here = places.filter((place) => place.facet === facet);
        const isAlone = ({ line, level }: Place): boolean =>
          here.filter((other) => other.line === line && other.level === level).length === 1;
        return {
          facet,
          rows: here.map((place): FactorRow => {
            const { mean, interval } = of(place)!;
            const { low, high } = interval ?? { low: mean, high: mean };
            const { variant } = place.row;
            return { variant, line: place.line, level: place.level, score: mean, low, high, joined: isAlone(place) };
          }),
        };
      }),
      across: others.flatMap((row) => {
        const estimate = of({ row });
        return estimate ? [{ label: row.variant, score: estimate.mean }] : [];
      }),
    }));
}
