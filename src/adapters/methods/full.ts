import { uniform } from '../groups/uniform.ts';
import type { Recipe } from '../types.ts';
import { dense } from '../update/dense.ts';

/** Full fine-tuning: every tensor trains, vectors and embedding included. Put it on the targets 'all'. */
export const full = ({ decay = 'all' }: { decay?: 'matrices' | 'all' } = {}): Recipe => ({
  update: dense(),
  groups: uniform({ decay }),
});
