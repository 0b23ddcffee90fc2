import tf, { type Tensor, type Tensor2D } from '@tensorflow/tfjs';
import { beforeAll, describe, expect, it } from 'vitest';
import { scale, times } from '../../src/adapters/differentiable.ts';
import { rescaleByFormula, updateByFormula } from '../../src/adapters/localTape.ts';
import { lowRank } from '../../src/adapters/update/lowRank.ts';
import { svd } from '../../src/adapters/update/svd.ts';
import type { Site, SiteContext, Update, UpdateRule } from '../../src/adapters/types.ts';
import { type Arena, createArena } from '../../src/tensor/arena.ts';
import { release, scalar, scoped, startEngine } from '../../src/tensor/engine.ts';
import { laneRows } from '../../src/tensor/laneMatMul.ts';
import { stream } from '../../src/tensor/random.ts';
import { idsInput, idsOf, rowsInput, type SiteInput } from '../../src/tensor/siteInput.ts';

const [inputs, outputs, rowsPerLane] = [7, 5, 4];
const drawn = (name: string, size: number): Float32Array => stream(3, name).fillNormal(new Float32Array(size), 0.5);
const matrix = (name: string, rows: number, columns: number): Tensor2D =>
  tf.tensor2d(drawn(name, rows * columns), [rows, columns]);

beforeAll(async () => void (await startEngine()));

function siteOf(kind: Site['kind']): Site {
  const kernel = drawn('kernel', inputs * outputs);
  return {
    name: 'a.site',
    kind,
    shape: [inputs, outputs],
    use: (f) => scoped(() => f(tf.tensor2d(kernel, [inputs, outputs])))(),
  };
}

/** An update of the rule in an arena of its own, moved away from its start. */
function moved(rule: UpdateRule, kind: Site['kind'], lanes: number): { update: Update; arena: Arena } {
  const arena = createArena(lanes);
  const context: SiteContext = { arena, random: (lane, purpose) => stream(lane, purpose) };
  const update = rule.create(siteOf(kind), context);
  arena.start();
  arena.load(drawn('values', lanes * arena.count));
  return { update, arena };
}

/** Forward and backward once: everything that comes out, by name. */
function results({ update, arena }: { update: Update; arena: Arena }, x: SiteInput): { [name: string]: Float32Array } {
  const read = (tensor: Tensor | null): Float32Array =>
    tensor ? (tensor.dataSync() as Float32Array) : new Float32Array();
  return scoped(() => {
    const { y, saved } = update.forward(x);
    const dx = update.backward(matrix('dy', y.shape[0], outputs), x, saved, true);
    const gradient = arena.takeGradient();
    return {
      y: read(y),
      dx: read(dx),
      gradient: read(gradient),
      delta: read(update.delta(arena.lanes - 1)),
      columnNorms: read(update.columnNorms()),
    };
  })();
}

/** The rule with the same parameters, whose gradients come from the tape. */
const taped = (rule: UpdateRule, formula: Parameters<typeof updateByFormula>[2]): UpdateRule => ({
  ...rule,
  create(site, context) {
    const { parameters } = rule.create(site, context);
    return updateByFormula(site, Object.fromEntries(parameters.map((p) => [p.role, p])), formula);
  },
});

const formulas: { name: string; rule: UpdateRule; formula: Parameters<typeof updateByFormula>[2] }[] = [
  {
    name: 's (xA) B',
    rule: lowRank({ rank: 3, alpha: 6 }),
    formula: (x, { down, up }) => tf.mul(times(x.times(down), up), scalar(2)),
  },
  {
    name: 's ((xQ) ∘ λ) P',
    rule: svd({ rank: 3, alpha: 6 }),
    formula: (x, { down, singular, up }) => tf.mul(times(scale(x.times(down), singular), up), scalar(6 / (3 + 1e-5))),
  },
];

describe.each(formulas)('the gradients of $name by the tape are the written ones', ({ rule, formula }) => {
  describe.each([1, 3])('with %i lanes', (lanes) => {
    const rows = lanes * rowsPerLane;
    it.each<['linear' | 'embedding', () => SiteInput]>([
      ['linear', () => rowsInput(matrix('x', rows, inputs))],
      ['embedding', () => idsInput(idsOf(Int32Array.from({ length: rows }, (_, i) => (3 * i) % inputs)), inputs)],
    ])('on a site of the kind %s', (kind, input) => {
      const written = scoped(() => results(moved(rule, kind, lanes), input()))();
      const byTape = scoped(() => results(moved(taped(rule, formula), kind, lanes), input()))();
      for (const [name, values] of Object.entries(written)) {
        expect(byTape[name].length, name).toBe(values.length);
        values.forEach((value, i) => expect(byTape[name][i], name).toBeCloseTo(value, 4));
      }
    });
  });
});

describe('a formula', () => {
  const { rule, formula } = formulas[0];

  it.each([1, 2])('leaves no tensor behind in a step (%i lanes)', (lanes) => {
    const made = moved(taped(rule, formula), 'linear', lanes);
    const x = matrix('x', lanes * rowsPerLane, inputs);
    const step = (): void => void results(made, rowsInput(x));
    step();
    const before = tf.memory().numTensors;
    step();
    expect(tf.memory().numTensors).toBe(before);
    release(x);
    made.arena.dispose();
  });

  it('gives no gradient of an input that nobody wants', () => {
    const { update, arena } = moved(taped(rule, formula), 'linear', 1);
    const x = rowsInput(matrix('x', rowsPerLane, inputs));
    expect(update.backward(matrix('dy', rowsPerLane, outputs), x, null, false)).toBeNull();
    expect(arena.parameters.every(({ gradient }) => gradient !== null)).toBe(true);
  });

  it('asks for no gradient of a frozen factor', () => {
    const x = matrix('x', rowsPerLane, inputs);
    const w = matrix('w', inputs, outputs);
    const refuses: SiteInput = {
      ...rowsInput(x),
      outer: () => {
        throw new Error('asked for the gradient of what is frozen');
      },
    };
    const arena = createArena(1);
    const v = arena.parameter('a.site', 'v', [outputs], () => drawn('v', outputs));
    const update = updateByFormula(siteOf('linear'), { v }, (input, values) => scale(input.timesFrozen(w), values.v));
    arena.start();
    const dy = matrix('dy', rowsPerLane, outputs);
    expect(update.backward(dy, refuses, null, false)).toBeNull();
    const dx = update.backward(dy, refuses, null, true)!;
    const expected = tf.matMul(tf.mul(dy, v.value), w, false, true).dataSync();
    dx.dataSync().forEach((value, i) => expect(value).toBeCloseTo(expected[i], 5));
  });
});

describe.each([1, 3])('factors given by a formula, with %i lanes', (lanes) => {
  const width = 5;
  const made = (): { rescale: ReturnType<typeof rescaleByFormula>; arena: Arena } => {
    const arena = createArena(lanes);
    const l = arena.parameter('a.site', 'l', [width], () => new Float32Array(width).fill(1));
    const rescale = rescaleByFormula({ side: 'output', withBias: false, width }, { l }, (x, values) =>
      scale(x, values.l),
    );
    arena.start();
    arena.load(drawn('l', lanes * width));
    return { rescale, arena };
  };

  it('multiply each feature, lane by lane, and so do their gradients', () => {
    const { rescale, arena } = made();
    const rows = lanes * rowsPerLane;
    const x = matrix('x', rows, width);
    const dy = matrix('dy', rows, width);
    const { y, saved } = rescale.forward(x);
    const dx = rescale.backward(dy, saved);
    const gradient = arena.takeGradient();
    for (let lane = 0; lane < lanes; lane++) {
      const l = drawn('l', lanes * width).subarray(lane * width, (lane + 1) * width);
      const of = (tensor: Tensor2D): ArrayLike<number> => laneRows(tensor, lane, lanes).dataSync();
      const [xs, ds] = [of(x), of(dy)];
      Array.from(of(y)).forEach((value, i) => expect(value).toBeCloseTo(xs[i] * l[i % width], 5));
      Array.from(of(dx)).forEach((value, i) => expect(value).toBeCloseTo(ds[i] * l[i % width], 5));
      Array.from(of(gradient)).forEach((value, j) => {
        let sum = 0;
        for (let i = j; i < xs.length; i += width) sum += xs[i] * ds[i];
        expect(value).toBeCloseTo(sum, 4);
      });
      expect([...rescale.factors(lane).dataSync()]).toEqual([...l]);
    }
  });
});
