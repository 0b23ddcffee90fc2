/** Optimizers, schedules and clipping on given gradients: a folder with trajectories.json, schedules.json and clipping.json. */
import { Unsupported } from '../errors.ts';
import type { Kind } from './kind.ts';

export const optimizerCase: Kind = {
  kind: 'optimizer',
  find(folder) {
    const parts = ['trajectories.json', 'schedules.json', 'clipping.json'].filter((name) => folder.has(name));
    return parts.length > 1 ? [folder.path] : []; // a missing part fails
  },
  knownTypes: [],
  types: () => [],
  check() {
    throw new Unsupported('checking optimizers is not there yet');
  },
};
