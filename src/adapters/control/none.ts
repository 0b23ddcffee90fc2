import type { ControlRule } from '../types.ts';

/** Nothing to do. */
export const none = (): ControlRule => ({
  spec: { type: 'none' },
  meanRankAtEnd: null,
  create: (_sites, arena) => ({
    sites: [],
    penalty: () => Array.from({ length: arena.lanes }, () => 0),
    precondition: (gradient) => gradient,
    afterStep: () => {},
    activeRanks: () => null,
    budget: () => null,
    save: () => ({}),
    restore: () => {},
  }),
});
