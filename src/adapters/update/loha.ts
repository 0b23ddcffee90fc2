/**
 * LoHa (FedPara, arXiv:2108.06098 Proposition 1; LyCORIS, arXiv:2309.14859 §3.1): the element-by-element product of two products of
 * rank r,
 *
 *   ΔW = s (D₁ U₁) ∘ (D₂ U₂),   D [in, r], U [r, out], s = α/r;   its rank is up to r².
 *
 * Start, as PEFT has it: D₁ ~ U(±1/√in), U₁ and U₂ ~ U(±1/√r), D₂ = 0.
 */
import tf, { type Tensor2D } from '@tensorflow/tfjs';
import { checkNames } from '../../optionNames.ts';
import { scalar } from '../../tensor/engine.ts';
import { matMul } from '../differentiable.ts';
import { kaimingUniform } from '../init/kaimingUniform.ts';
import { updateByFormula } from '../localTape.ts';
import { createParameters, outlineOf } from '../outline.ts';
import type { Place, UpdateRule } from '../types.ts';
import { checkAlpha, checkRank, type PatternedRank, rankAt } from './rank.ts';

/** Of which product, and which factor of it. */
type LohaRole = 'firstDown' | 'firstUp' | 'secondDown' | 'secondUp';

const shapesOf = ([inputs, outputs]: Place['shape'], rank: number): Record<LohaRole, number[]> => ({
  firstDown: [inputs, rank],
  firstUp: [rank, outputs],
  secondDown: [inputs, rank],
  secondUp: [rank, outputs],
});

export function loha(options: PatternedRank): UpdateRule {
  checkNames('a LoHa update', options, ['rank', 'alpha', 'rankPattern', 'alphaPattern']);
  const { rank, alpha = 2 * rank, rankPattern = {}, alphaPattern = {} } = options;
  checkRank(rank, 'loha');
  checkAlpha(alpha, 'loha');
  return {
    spec: { type: 'loha', rank, alpha, rankPattern, alphaPattern },
    sites: ['linear', 'conv2d'],
    targets: null,
    starts: { equalToBase: true, mayStayStill: [] },
    outline({ name, shape }) {
      const derived = rankAt(name, options);
      return outlineOf({ trained: shapesOf(shape, derived.rank), derived });
    },
    create(site, context) {
      const derived = rankAt(site.name, options);
      const [inputs, outputs] = site.shape;
      const drawn =
        (role: LohaRole, size: number, fanIn: number) =>
        (lane: number): Float32Array =>
          kaimingUniform().fill(size, fanIn, context.random(lane, role));
      const parameters = createParameters(site, context, shapesOf(site.shape, derived.rank), {
        firstDown: drawn('firstDown', inputs * derived.rank, inputs),
        firstUp: drawn('firstUp', derived.rank * outputs, derived.rank),
        secondDown: () => new Float32Array(inputs * derived.rank),
        secondUp: drawn('secondUp', derived.rank * outputs, derived.rank),
      });
      const update = updateByFormula(site, parameters, (x, { firstDown, firstUp, secondDown, secondUp }) => {
        const change = tf.mul(matMul(firstDown, firstUp), matMul(secondDown, secondUp));
        return tf.mul(x.times(change), scalar(derived.scale)) as Tensor2D;
      });
      return { ...update, derived };
    },
  };
}
