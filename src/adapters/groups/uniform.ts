import type { Parameter } from '../../tensor/arena.ts';
import type { Groups } from '../types.ts';

/** Only matrices decay: a magnitude, a singular value, a factor or a bias has no reason to be small. */
export const decays = ({ shape }: Pick<Parameter, 'shape'>): boolean => shape.length > 1;

/** One learning rate for all. `decay: 'all'` decays every trained tensor, as torch does. */
export function uniform({ decay = 'matrices' }: { decay?: 'matrices' | 'all' } = {}): Groups {
  return {
    spec: { type: 'uniform', decay },
    of: (parameter) => ({ rate: 1, decay: decay === 'all' || decays(parameter) ? 1 : 0 }),
  };
}
