/**
 * The gradient of B under a frozen A (LoRA-FA, arXiv:2308.03303, as PEFT's LoraFAOptimizer has it). Of all gradients of B, the one
 * whose change of the kernel, s A dB, comes nearest to the kernel's own gradient in the least squares:
 *
 *   dB ← (AᵀA + δ)⁻¹ dB / s²,   A [in, r], δ = 1e-8.
 *
 * It is what the optimizer gets, after clipping. Where A has fewer than r dimensions the inverse is the pseudoinverse, without the
 * singular values below r · 1.2e-7 (float32's resolution) of the largest.
 */
import tf, { type Tensor, type Tensor2D } from '@tensorflow/tfjs';
import { RequestError } from '../../errors.ts';
import type { Arena, Parameter } from '../../tensor/arena.ts';
import { thinSvd } from '../../tensor/svd.ts';
import type { ControlledSite, ControlRule } from '../types.ts';
import { none } from './none.ts';

const damping = 1e-8;
const float32Resolution = 2 ** -23;

export const inverseGram = (): ControlRule => ({
  spec: { type: 'inverseGram', damping },
  meanRankAtEnd: null,
  create(sites, arena, steps, random) {
    const inverses = new Map(sites.flatMap((site) => ofSite(site, arena)));
    const { parameters, lanes } = arena;
    return {
      ...none().create(sites, arena, steps, random),
      precondition(gradient) {
        const columns = tf.split(
          gradient,
          parameters.map(({ size }) => size),
          1,
        );
        const changed = columns.map((column, i) => {
          const inverse = inverses.get(parameters[i]!);
          if (!inverse) return column;
          const dB = tf.reshape(column, [lanes, ...parameters[i]!.shape]);
          return tf.reshape(tf.matMul(inverse, dB), column.shape);
        });
        return tf.concat(changed, 1) as Tensor2D;
      },
    };
  },
});

/** B of a site with what its gradient is multiplied by, [lanes, r, r]. */
function ofSite({ name, parameters, derived }: ControlledSite, arena: Arena): [Parameter, Tensor][] {
  const up = parameters.find(({ role }) => role === 'up');
  const down = arena.constants.find(({ site, role }) => site === name && role === 'down');
  if (!up || !down)
    throw new RequestError(
      `the inverse of A's Gram matrix needs a low-rank update with a frozen A at ${name}: lowRank({ …, freezeDown: true })`,
    );
  const [inputs, rank] = down.shape as [number, number];
  const all = new Float32Array(arena.lanes * rank * rank);
  for (let lane = 0; lane < arena.lanes; lane++) {
    const inverse = inverseOf(arena.read(down, lane), inputs, rank);
    inverse.forEach((value, i) => (all[lane * rank * rank + i] = value / derived.scale! ** 2));
  }
  return [[up, arena.own(tf.tensor3d(all, [arena.lanes, rank, rank]))]];
}

/** (AᵀA + δ)⁻¹, [rank, rank]. */
function inverseOf(a: Float32Array, inputs: number, rank: number): Float64Array {
  const gram = new Float64Array(rank * rank);
  for (let p = 0; p < rank; p++)
    for (let q = 0; q < rank; q++) {
      let sum = p === q ? damping : 0;
      for (let i = 0; i < inputs; i++) sum += a[i * rank + p]! * a[i * rank + q]!;
      gram[p * rank + q] = sum;
    }
  const { u, s, v } = thinSvd(gram, rank, rank);
  const cut = rank * float32Resolution * s[0]!;
  return gram.map((_, at) => {
    const [p, q] = [Math.floor(at / rank), at % rank];
    let sum = 0;
    for (let k = 0; k < rank; k++) if (s[k]! > cut) sum += (v[p * rank + k]! * u[q * rank + k]!) / s[k]!;
    return sum;
  });
}
