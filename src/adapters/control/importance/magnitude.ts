/** The ablation "S = |λ|" of arXiv:2303.10512, Table 4: a triplet is worth its singular value as it is, whatever the loss says. */
import type { ImportanceRule } from './importance.ts';

export const magnitude = (): ImportanceRule => ({
  spec: { type: 'magnitude' },
  create: () => ({
    memory: {},
    update: () => {},
    scores: (sites, values) =>
      sites.flatMap(({ rank, singular }) =>
        Array.from({ length: rank }, (_, r) => Math.abs(values[singular.offset + r])),
      ),
  }),
});
