/** Every update and rescale on a linear map, by the contract of a block, against formulas with whole matrices. */
import tf, { type Tensor } from '@tensorflow/tfjs';
import { adapt } from '../../src/adapters/adapt.ts';
import { adaptedMap } from '../../src/adapters/adaptedMap.ts';
import { bothNormalCompensated } from '../../src/adapters/init/arms.ts';
import { methodOf } from '../../src/adapters/compose.ts';
import { magnitude } from '../../src/adapters/rescale/magnitude.ts';
import { none } from '../../src/adapters/rescale/none.ts';
import type { Recipe, RescaleRule, SiteContext, UpdateRule } from '../../src/adapters/types.ts';
import { dense } from '../../src/adapters/update/dense.ts';
import { lowRank } from '../../src/adapters/update/lowRank.ts';
import { svd } from '../../src/adapters/update/svd.ts';
import type { LinearMap } from '../../src/blocks/linearMap.ts';
import { stream } from '../../src/tensor/random.ts';
import { type BlockCase, byLane, describeBlock, drawn, lane, type Parts } from '../blocks/blockContract.ts';
import { kernelOf, vectorOf } from '../blocks/parts.ts';

const inputs = 5;
const outputs = 4;
const rank = 2;
const rows = 6;

const random: SiteContext['random'] = (l, purpose) => stream(l, purpose);

/** A map with an update and a rescale; a bias, frozen or trained, where asked for. */
function mapOf(
  parts: Parts,
  update: UpdateRule,
  rescale: RescaleRule = none(),
  { dropout = 0, bias = 'none' }: { dropout?: number; bias?: 'none' | 'frozen' | 'trained' } = {},
): LinearMap {
  const kernel = kernelOf(parts, 'kernel', [inputs, outputs]);
  const site = { name: 'site', kind: 'linear', shape: kernel.shape, use: kernel.use } as const;
  const context = { arena: parts.arena, random };
  const made = update.create(site, context);
  return adaptedMap({
    name: 'site',
    kernel,
    bias: bias === 'none' ? null : vectorOf(parts, 'bias', outputs, bias === 'trained'),
    update: made,
    rescale: rescale.create(site, made, context),
    dropout,
    strength: () => 1,
  });
}

const kernelAsTensor = (frozen: Parts['frozen']): Tensor =>
  tf.tensor2d(frozen('kernel', inputs * outputs), [inputs, outputs]);

/** y = x V, lane by lane. */
const times = (x: Tensor, lanes: number, kernelOfLane: (l: number) => Tensor): Tensor =>
  byLane(x, lanes, (part, l) => tf.matMul(part, kernelOfLane(l)));

const product = (scale: number, a: Tensor, b: Tensor): Tensor => tf.mul(scale, tf.matMul(a, b));

/** λ between the factors: Q diag(λ) P. */
function svdProduct(scale: number, p: { readonly [role: string]: Tensor }, l: number): Tensor {
  const diagonal = tf.mul(tf.eye(rank), tf.reshape(lane(p.singular, l), [1, rank]));
  return product(scale, tf.matMul(lane(p.down, l), diagonal), lane(p.up, l));
}

/** A number that the tape sees as a constant. */
const detached = (x: Tensor): Tensor => tf.tensor(x.dataSync(), x.shape);

/** m ∘ V / ‖V‖ per column, the norm a constant. */
function normalized(changed: Tensor, m: Tensor): Tensor {
  const norms = detached(tf.sqrt(tf.sum(tf.mul(changed, changed), 0, true)));
  return tf.mul(changed, tf.div(tf.reshape(m, [1, outputs]), norms));
}

const lowRankShapes = { down: [inputs, rank], up: [rank, outputs] };
const svdShapes = { ...lowRankShapes, singular: [rank] };
const base = (lanes: number): Pick<BlockCase, 'lanes' | 'inputs'> => ({ lanes, inputs: [[rows, inputs]] });

for (const lanes of [1, 3]) {
  const of = (what: string): string => `${what}, ${lanes} lanes`;

  describeBlock(of('lowRank'), {
    ...base(lanes),
    trained: lowRankShapes,
    make: (parts) => mapOf(parts, lowRank({ rank, alpha: 3 })),
    plain: ([x], { down, up }, frozen) =>
      times(x, lanes, (l) => tf.add(kernelAsTensor(frozen), product(1.5, lane(down, l), lane(up, l)))),
  });

  describeBlock(of('lowRank beside a bias that trains'), {
    ...base(lanes),
    trained: { ...lowRankShapes, bias: [outputs] },
    make: (parts) => mapOf(parts, lowRank({ rank, alpha: 3 }), none(), { bias: 'trained' }),
    plain: ([x], { down, up, bias }, frozen) =>
      byLane(x, lanes, (part, l) => {
        const changed = tf.add(kernelAsTensor(frozen), product(1.5, lane(down, l), lane(up, l)));
        return tf.add(tf.matMul(part, changed), lane(bias, l));
      }),
  });

  describeBlock(of('lowRank, compensated'), {
    ...base(lanes),
    trained: lowRankShapes,
    make: (parts) => mapOf(parts, lowRank({ rank, alpha: 3, init: bothNormalCompensated({ sigma: 0.5 }) })),
    plain: ([x], { down, up }, frozen) =>
      times(x, lanes, (l) => {
        const start = (purpose: string, shape: [number, number]): Tensor =>
          tf.tensor2d(random(l, purpose).fillNormal(new Float32Array(shape[0] * shape[1]), 0.5), shape);
        const atStart = product(1.5, start('down', [inputs, rank]), start('up', [rank, outputs]));
        const now = product(1.5, lane(down, l), lane(up, l));
        return tf.add(kernelAsTensor(frozen), tf.sub(now, atStart));
      }),
  });

  describeBlock(of('svd'), {
    ...base(lanes),
    trained: svdShapes,
    make: (parts) => mapOf(parts, svd({ rank, alpha: 3 })),
    plain: ([x], p, frozen) =>
      times(x, lanes, (l) => tf.add(kernelAsTensor(frozen), svdProduct(3 / (rank + 1e-5), p, l))),
  });

  describeBlock(of('dense'), {
    ...base(lanes),
    trained: { dense: [inputs, outputs] },
    make: (parts) => mapOf(parts, dense()),
    plain: ([x], p) => times(x, lanes, (l) => lane(p.dense, l)),
  });

  describeBlock(of('magnitude over lowRank, a bias that is not scaled'), {
    ...base(lanes),
    trained: { ...lowRankShapes, magnitude: [outputs] },
    detached: ['down', 'up'],
    make: (parts) => mapOf(parts, lowRank({ rank, alpha: 3 }), magnitude(), { bias: 'frozen' }),
    plain: ([x], { down, up, magnitude: m }, frozen) => {
      const y = times(x, lanes, (l) =>
        normalized(tf.add(kernelAsTensor(frozen), product(1.5, lane(down, l), lane(up, l))), lane(m, l)),
      );
      return tf.add(y, tf.tensor1d(frozen('bias', outputs)));
    },
  });

  describeBlock(of('magnitude over svd'), {
    ...base(lanes),
    trained: { ...svdShapes, magnitude: [outputs] },
    detached: ['down', 'singular', 'up'],
    make: (parts) => mapOf(parts, svd({ rank, alpha: 3 }), magnitude()),
    plain: ([x], p, frozen) =>
      times(x, lanes, (l) =>
        normalized(tf.add(kernelAsTensor(frozen), svdProduct(3 / (rank + 1e-5), p, l)), lane(p.magnitude, l)),
      ),
  });

  describeBlock(of('magnitude over dense'), {
    ...base(lanes),
    trained: { dense: [inputs, outputs], magnitude: [outputs] },
    detached: ['dense'],
    make: (parts) => mapOf(parts, dense(), magnitude()),
    plain: ([x], p) => times(x, lanes, (l) => normalized(lane(p.dense, l), lane(p.magnitude, l))),
  });

  describeBlock(of('magnitude over a compensated start'), {
    ...base(lanes),
    trained: { ...lowRankShapes, magnitude: [outputs] },
    detached: ['down', 'up'],
    make: (parts) =>
      mapOf(parts, lowRank({ rank, alpha: 3, init: bothNormalCompensated({ sigma: 0.5 }) }), magnitude()),
    plain: ([x], { down, up, magnitude: m }, frozen) =>
      times(x, lanes, (l) => {
        const start = (purpose: string, shape: [number, number]): Tensor =>
          tf.tensor2d(random(l, purpose).fillNormal(new Float32Array(shape[0] * shape[1]), 0.5), shape);
        const atStart = product(1.5, start('down', [inputs, rank]), start('up', [rank, outputs]));
        const change = tf.sub(product(1.5, lane(down, l), lane(up, l)), atStart);
        return normalized(tf.add(kernelAsTensor(frozen), change), lane(m, l));
      }),
  });

  const mask = (): Tensor =>
    tf.tensor2d(
      drawn('mask', rows * inputs).map((value) => (value > 0.3 ? 0 : 1 / 0.6)),
      [rows, inputs],
    );

  describeBlock(of('lowRank with dropout: the base keeps what the adapter drops'), {
    ...base(lanes),
    trained: lowRankShapes,
    mask: () => mask() as tf.Tensor2D,
    make: (parts) => mapOf(parts, lowRank({ rank, alpha: 3 }), none(), { dropout: 0.4 }),
    plain: ([x], { down, up }, frozen) =>
      tf.add(
        tf.matMul(x, kernelAsTensor(frozen)),
        times(tf.mul(x, mask()), lanes, (l) => product(1.5, lane(down, l), lane(up, l))),
      ),
  });

  describeBlock(of('magnitude with dropout: x W + (m/n − 1) x̃ W + (m/n) s x̃ A B + b'), {
    ...base(lanes),
    trained: { ...lowRankShapes, magnitude: [outputs] },
    detached: ['down', 'up'],
    mask: () => mask() as tf.Tensor2D,
    make: (parts) => mapOf(parts, lowRank({ rank, alpha: 3 }), magnitude(), { dropout: 0.4, bias: 'frozen' }),
    plain: ([x], { down, up, magnitude: m }, frozen) => {
      const w = kernelAsTensor(frozen);
      const correction = times(tf.mul(x, mask()), lanes, (l) =>
        tf.sub(normalized(tf.add(w, product(1.5, lane(down, l), lane(up, l))), lane(m, l)), w),
      );
      return tf.add(tf.add(tf.matMul(x, w), correction), tf.tensor1d(frozen('bias', outputs)));
    },
  });
}

/** The first and the last outputs of a fused projection change, the middle one does not. */
function fusedMap(parts: Parts, recipe: Recipe): LinearMap {
  const method = methodOf(recipe);
  const seeds = Array.from({ length: parts.arena.lanes }, (_, l) => l);
  const { fit } = adapt(parts.arena, seeds, (name) => (/:(query|value)$/.test(name) ? method : null));
  const ranges = { query: [0, 1], key: [1, 2], value: [2, 4] } as const;
  return fit.linear(
    { name: 'site', kind: 'linear', isHead: false, parts: ranges },
    kernelOf(parts, 'kernel', [inputs, outputs]),
    null,
  );
}

const fusedShapes = {
  'query.down': [inputs, rank],
  'query.up': [rank, 1],
  'value.down': [inputs, rank],
  'value.up': [rank, 2],
};

/** W with its parts' changes in their columns, zeros between. */
function fusedKernel(p: { readonly [role: string]: Tensor }, l: number, frozen: Parts['frozen']): Tensor {
  const query = product(1.5, lane(p['query.down'], l), lane(p['query.up'], l));
  const value = product(1.5, lane(p['value.down'], l), lane(p['value.up'], l));
  return tf.add(kernelAsTensor(frozen), tf.concat([query, tf.zeros([inputs, 1]), value], 1));
}

for (const lanes of [1, 2]) {
  describeBlock(`parts of a fused projection, ${lanes} lanes`, {
    ...base(lanes),
    trained: fusedShapes,
    make: (parts) => fusedMap(parts, { update: lowRank({ rank, alpha: 3 }) }),
    plain: ([x], p, frozen) => times(x, lanes, (l) => fusedKernel(p, l, frozen)),
  });
}
