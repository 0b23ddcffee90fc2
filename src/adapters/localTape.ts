/**
 * A part given by its formula alone. Forward runs the formula; backward runs it again, under TensorFlow.js's tape around this one
 * site, and takes the gradients from there. The same formula, fed with one-hot rows, gives the change as a matrix.
 *
 * A formula multiplies and scales by what differentiable.ts offers; sums, products element by element and functions of one number
 * are TensorFlow.js's own. It costs a second forward pass of the site, so the main methods write their gradients out instead.
 */
import tf, { type Tensor, type Tensor2D } from '@tensorflow/tfjs';
import type { Constant, Parameter } from '../tensor/arena.ts';
import { cached } from '../tensor/cached.ts';
import { scoped } from '../tensor/engine.ts';
import { laneFactor } from '../tensor/laneMatMul.ts';
import { idsInput, idsOf } from '../tensor/siteInput.ts';
import { constantInput, type FormulaInput, variableInput } from './differentiable.ts';
import type { Rescale, Site, Update } from './types.ts';
import { changedColumnNorms, changedColumnNormsBack } from './update/columnNorms.ts';

/** Parameters by role. */
export interface Parameters {
  readonly [role: string]: Parameter;
}

/** Frozen tensors by role, of which each lane has its own. */
export interface Constants {
  readonly [role: string]: Constant;
}

/** The values of parameters or constants by the same roles. */
export type Values<P extends Constants> = { readonly [Role in keyof P]: Tensor };

/** An update whose change of the output is `formula(x, values)`, linear in x: [rows, in] -> [rows, out]. */
export function updateByFormula<P extends Parameters, C extends Constants>(
  site: Site,
  parameters: P,
  formula: (x: FormulaInput, values: Values<P> & Values<C>) => Tensor2D,
  constants: C = {} as C,
): Update {
  const list = Object.values(parameters);
  const lanes = list[0].lanes;
  const delta = scoped((lane: number) => {
    const [inputs] = site.shape;
    const everyId = idsOf(Int32Array.from({ length: inputs }, (_, id) => id)); // the rows of an identity that is never built
    return formula(constantInput(idsInput(everyId, inputs)), {
      ...laneValues(parameters, lane),
      ...laneValues(constants, lane),
    });
  });
  const update: Omit<Update, 'columnNormsBack'> = {
    replaces: false,
    parameters: list,
    derived: {},
    residual: null,
    forward: (x) => ({ y: formula(constantInput(x), { ...current(parameters), ...current(constants) }), saved: null }),
    backward(dy, x, _saved, wantsInput) {
      const wanted = wantsInput ? x.rows : null;
      return backward(parameters, wanted, dy, (rows, values) =>
        formula(rows ? variableInput(rows) : constantInput(x), { ...values, ...current(constants) }),
      );
    },
    delta,
    shift: null,
    columnNorms: changedColumnNorms(site, lanes, delta),
  };
  return { ...update, columnNormsBack: changedColumnNormsBack(site, lanes, update) };
}

/** A rescale whose result is `formula(x, values)`, each of the `width` features of x times a factor of its own: [rows, width]. */
export function rescaleByFormula<P extends Parameters>(
  { side, withBias, width }: Pick<Rescale, 'side' | 'withBias'> & { readonly width: number },
  parameters: P,
  formula: (x: Tensor2D, values: Values<P>) => Tensor2D,
): Rescale {
  return {
    side,
    withBias,
    parameters: Object.values(parameters),
    forward: (x) => ({ y: formula(x, current(parameters)), saved: { x: tf.clone(x) } }),
    backward(dy, saved) {
      const { x } = saved as { x: Tensor2D };
      return backward(parameters, x, dy, (rows, values) => formula(rows!, values))!;
    },
    factors: scoped((lane: number) => {
      const ones = cached(`ones/1/${width}`, () => tf.ones([1, width])) as Tensor2D;
      return tf.reshape(formula(ones, laneValues(parameters, lane)), [width]);
    }),
  };
}

/** Leaves gradients at the parameters; gives that of x, where there is an x. */
function backward<P extends Parameters>(
  parameters: P,
  x: Tensor2D | null,
  dy: Tensor2D,
  formula: (x: Tensor2D | null, values: Values<P>) => Tensor2D,
): Tensor2D | null {
  const list = Object.values(parameters);
  const input = x ? [x] : [];
  const all = tf.grads((...given: Tensor[]) => {
    const values = given.slice(input.length);
    return formula(
      x && (given[0] as Tensor2D),
      valuesBy(parameters, (_, i) => values[i]),
    );
  })([...input, ...list.map(({ value }) => value)], dy);
  list.forEach((parameter, i) => parameter.accumulate(all[input.length + i]));
  return x && (all[0] as Tensor2D);
}

const valuesBy = <P extends Constants>(held: P, of: (held: Constant, i: number) => Tensor): Values<P> =>
  Object.fromEntries(Object.entries(held).map(([role, p], i) => [role, of(p, i)])) as Values<P>;

const current = <P extends Constants>(held: P): Values<P> => valuesBy(held, ({ value }) => value);

/** As if the lane were alone. */
const laneValues = <P extends Constants>(held: P, lane: number): Values<P> =>
  valuesBy(held, ({ value, shape }) => tf.reshape(laneFactor(value, lane), [...shape]));
