import { RequestError } from '../../errors.ts';
import type { Parameter } from '../../tensor/arena.ts';
import type { Groups, SiteKind } from '../types.ts';
import { checkRatio } from './fasterUp.ts';

/** Vectors of ours that PEFT holds with more axes: λ as [r, 1], IA³'s factors as [n, 1] or [1, n], a convolution's magnitude. */
const isVectorThere = ({ role, shape }: Parameter, kind: SiteKind): boolean =>
  shape.length === 1 &&
  !['singular', 'inputScale', 'outputScale'].includes(role) &&
  !(role === 'magnitude' && kind === 'conv2d');

export interface PeftGroupsOptions {
  /** B's rate in multiples of A's. */
  readonly ratio: number;
  /** Of both factors of an embedding. */
  readonly embeddingRate?: number;
  /** Sites that are not decayed: the gains of layer norms, which PEFT knows by their class (not those of RMS norms). */
  readonly undecayed?: readonly string[];
}

/**
 * LoRA+ with the groups that PEFT's create_loraplus_optimizer makes (PEFT optimizers/loraplus.py): B and whatever has one
 * dimension at `ratio` times the rate, which takes DoRA's magnitude along; both factors of an embedding at a rate of their own;
 * biases not decayed. Differs from `fasterUp` where DoRA, biases or embeddings are trained.
 */
export function peftGroups({ ratio, embeddingRate = 1e-6, undecayed = [] }: PeftGroupsOptions): Groups {
  checkRatio(ratio);
  if (!(embeddingRate >= 0)) throw new RequestError(`the embedding's learning rate must not be ${embeddingRate}`);
  return {
    spec: { type: 'peftGroups', ratio, embeddingRate, ...(undecayed.length > 0 && { undecayed }) },
    of(parameter, kind) {
      const { site, role } = parameter;
      if (kind === 'embedding' && (role === 'down' || role === 'up'))
        return { rate: 1, decay: 1, fixedRate: embeddingRate };
      const fast = role === 'up' || isVectorThere(parameter, kind);
      const decays = role !== 'bias' && role !== 'upBias' && !undecayed.includes(site);
      return { rate: fast ? ratio : 1, decay: decays ? 1 : 0 };
    },
  };
}
