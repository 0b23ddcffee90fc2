/**
 * AdaLoRA's penalty that keeps P and Q orthogonal. The official code and PEFT take the mean over all 2n matrices of the unsquared
 * Frobenius norm,   R = mean ‖C‖,   C = QᵀQ − I or PPᵀ − I   (both [r, r]);   the paper's Eq. 4 sums the squares over the sites.
 *
 *   ∂‖C‖/∂Q = 2 Q C / ‖C‖,   ∂‖C‖/∂P = 2 C P / ‖C‖;   ∂‖C‖²/∂Q = 4 Q C,   ∂‖C‖²/∂P = 4 C P.
 */
import tf, { type Tensor, type Tensor1D } from '@tensorflow/tfjs';
import type { Parameter } from '../../tensor/arena.ts';
import { RequestError } from '../../errors.ts';
import { release, scalar, scoped } from '../../tensor/engine.ts';
import type { ControlRule } from '../types.ts';
import { none } from './none.ts';

export type OrthogonalityForm = 'norm' | 'squared';

export interface OrthogonalityOptions {
  /** γ; 0.1 unless given, as in the official code. */
  readonly weight?: number;
  readonly form?: OrthogonalityForm;
}

/** The penalty alone, without pruning: on the svd update the paper's SVD-LoRA, on LoRA's A and B its "LoRA with regularization" (Table 5). */
export function orthogonality({ weight = 0.1, form = 'norm' }: OrthogonalityOptions = {}): ControlRule {
  checkPenalty('the orthogonality penalty', weight, form);
  return {
    spec: { type: 'orthogonality', weight, form },
    meanRankAtEnd: null,
    create(sites, arena, steps, random) {
      const factors = sites.flatMap(({ name, parameters }) => factorsOf(name, parameters));
      return {
        ...none().create(sites, arena, steps, random),
        penalty: () => [...orthogonalityPenalty(factors, weight, form)],
      };
    },
  };
}

function factorsOf(site: string, parameters: readonly Parameter[]): Parameter[] {
  const factors = parameters.filter(({ role, shape }) => (role === 'down' || role === 'up') && shape.length === 2);
  if (factors.length > 0) return factors;
  throw new RequestError(
    `the orthogonality penalty needs factors at ${site}; use it with the svd or a low-rank update`,
  );
}

/** A RequestError for a weight γ or a form that cannot be. */
export function checkPenalty(of: string, weight: number, form: OrthogonalityForm): void {
  if (!(weight >= 0 && Number.isFinite(weight)))
    throw new RequestError(`${of} has a weight of at least 0, not ${weight}`);
  if (form !== 'norm' && form !== 'squared')
    throw new RequestError(`${of} has the form 'norm' or 'squared', not ${JSON.stringify(form)}`);
}

/** Adds weight · ∂R to the factors' gradients and gives weight · R per lane. `factors`: every P ('up') and Q ('down'). */
export function orthogonalityPenalty(
  factors: readonly Parameter[],
  weight: number,
  form: OrthogonalityForm,
): Float32Array {
  const share = form === 'norm' ? weight / factors.length : weight;
  const total = scoped(() => {
    const terms = factors.map((factor) => {
      const value = factor.value;
      const isDown = factor.role === 'down';
      const gram = isDown ? tf.matMul(tf.transpose(value, turned(value)), value) : tf.matMul(value, value, false, true);
      const c = tf.sub(gram, tf.eye(gram.shape.at(-1)!));
      const slope = isDown ? tf.matMul(value, c) : tf.matMul(c, value);
      const square = tf.sum(tf.square(c), [-2, -1], true);
      if (form === 'squared') {
        factor.accumulate(tf.mul(slope, scalar(4 * share)));
        return tf.reshape(square, [factor.lanes]);
      }
      const norm = tf.sqrt(tf.add(square, scalar(1e-30)));
      factor.accumulate(tf.div(tf.mul(slope, scalar(2 * share)), norm));
      return tf.reshape(norm, [factor.lanes]);
    });
    return tf.mul(tf.addN(terms), scalar(share)) as Tensor1D;
  })();
  const perLane = total.dataSync() as Float32Array;
  release(total);
  return perLane;
}

const turned = (x: Tensor): number[] => (x.rank === 3 ? [0, 2, 1] : [1, 0]);
