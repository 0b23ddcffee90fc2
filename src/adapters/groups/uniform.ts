import type { Groups } from '../types.ts';

/** Roles that are never decayed: a magnitude, a singular value or a bias has no reason to be small. */
export const undecayed: ReadonlySet<string> = new Set(['magnitude', 'singular', 'bias', 'scale']);

/** One learning rate for all. `decay: 'all'` decays every trained tensor, as torch does. */
export function uniform({ decay = 'matrices' }: { decay?: 'matrices' | 'all' } = {}): Groups {
  return {
    spec: { type: 'uniform', decay },
    of: ({ role }) => ({ rate: 1, decay: decay === 'all' || !undecayed.has(role) ? 1 : 0 }),
  };
}
