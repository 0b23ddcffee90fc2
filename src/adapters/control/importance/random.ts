/**
 * No importance at all: S is a place in an order drawn at random, from the run's seed. What an allocation gains must be measured
 * against one that prunes as much and knows nothing; the paper has no such arm.
 *
 * With `redrawn` each mask has an order of its own: a triplet that was spared may go the next time, and one that went may train again.
 * Otherwise one order serves the whole run, and what is pruned stays so: only where the rank goes is left to chance.
 */
import type { ImportanceRule } from './importance.ts';

export const random = ({ redrawn }: { readonly redrawn: boolean }): ImportanceRule => ({
  spec: { type: redrawn ? 'random' : 'randomOrder' },
  create: (context) => ({
    memory: {},
    update: () => {},
    scores(sites, _values, step) {
      const triplets = sites.reduce((sum, { rank }) => sum + rank, 0);
      const stream = redrawn ? context.random('importance', step) : context.random('importance');
      return [...stream.shuffle(Int32Array.from({ length: triplets }, (_, i) => i))];
    },
  }),
});
