/**
 * What every block must do, in one place. A block joins with its shapes, a maker and an independent formula in plain tf operations:
 *
 * - on the cpu engine its values and gradients equal those of the plain formula under tf's own tape;
 * - its gradients equal finite differences of its own forward pass;
 * - the engine in use gives the same numbers, with our own kernels (where it has them) and without;
 * - it borrows what it is given, frees what it saves, leaves nothing behind, and saves nothing when it is told so.
 */
import tf, { type Tensor, type Tensor2D } from '@tensorflow/tfjs';
import { beforeAll, describe, expect, test } from 'vitest';
import type { Block, Pass } from '../../src/blocks/block.ts';
import { type Arena, createArena, type Parameter } from '../../src/tensor/arena.ts';
import { activeEngine, release, scoped, startEngine } from '../../src/tensor/engine.ts';
import { useKernels } from '../../src/tensor/kernels.ts';
import { stream } from '../../src/tensor/random.ts';

type Numbers = Float32Array;

/** What a block is made of. */
export interface Parts {
  readonly arena: Arena;
  /** Registers a trained tensor of the case. One that registers its own must use the case's roles. All start at the case's numbers. */
  trained(role: string): Parameter;
  /** Frozen numbers by name, the same at every call. */
  frozen(name: string, size: number): Numbers;
}

export interface BlockCase {
  readonly sequences?: number;
  readonly length?: number;
  /** Made once an engine. */
  readonly padding?: () => Pass['padding'];
  readonly lanes?: number;
  /** Shapes of the tensors that it is given; a block of one tensor is given that one, of more a list. */
  readonly inputs: readonly (readonly number[])[];
  /** Shapes per lane of what trains in it. */
  readonly trained?: { readonly [role: string]: readonly number[] };
  // A block's input is one tensor, a list or token ids.
  // oxlint-disable-next-line no-explicit-any
  make(parts: Parts): Block<any, any>;
  /** What it is given instead of tensors: token ids. */
  readonly given?: () => unknown;
  /** The same by plain tf operations. `p`: one tensor [lanes, ...shape] a role, always with lanes. */
  plain(x: Tensor[], p: { readonly [role: string]: Tensor }, frozen: Parts['frozen']): Tensor | Tensor[];
  /** Dropout masks, where the block asks for them. */
  readonly mask?: Pass['mask'];
  /** The gradient of the output: random, or ones where the block is a loss. */
  readonly upstream?: 'random' | 'ones';
  /** Roles whose gradient is not the slope by design: something in the formula counts as a constant. */
  readonly detached?: readonly string[];
}

interface Measured {
  readonly y: Numbers[];
  readonly dx: Numbers[];
  readonly gradients: { readonly [role: string]: Numbers };
}

const sizeOf = (shape: readonly number[]): number => shape.reduce((a, b) => a * b, 1);
const listed = (x: unknown): Tensor[] => [x].flat() as Tensor[];
const numbersOf = (x: Tensor): Numbers => x.dataSync<'float32'>().slice();

/** A role, or part.role for a parameter of a part of a site. */
function keyOf(site: string, role: string): string {
  const [, part] = site.split(':');
  return part ? `${part}.${role}` : role;
}

/** Normal numbers that depend on the name alone. */
export const drawn = (name: string, size: number): Numbers =>
  stream(7, 'block', name).fillNormal(new Float32Array(size), 1);

/** Runs every test of the contract on a block. */
export function describeBlock(name: string, the: BlockCase): void {
  const lanes = the.lanes ?? 1;
  const trained = Object.entries(the.trained ?? {});
  const inputs = the.inputs.map((shape, i) => drawn(`${name}/input${i}`, sizeOf(shape)));
  const values: { [role: string]: Numbers } = Object.fromEntries(
    trained.map(([role, shape]) => [role, drawn(`${name}/${role}`, lanes * sizeOf(shape))]),
  );
  const frozen: Parts['frozen'] = (what, size) => drawn(`${name}/frozen/${what}`, size);
  const wantsInput = the.given === undefined;

  function made(at: typeof values): { arena: Arena; block: Block<unknown, unknown> } {
    const arena = createArena(lanes);
    const zeros = (shape: readonly number[]) => () => new Float32Array(sizeOf(shape));
    const register = (role: string): Parameter => {
      const shape = the.trained![role];
      return arena.parameter('site', role, shape, zeros(shape));
    };
    const block = the.make({ arena, frozen, trained: register });
    arena.start();
    const all = new Float32Array(lanes * arena.count);
    for (const { site, role, offset, size } of arena.parameters)
      for (let l = 0; l < lanes; l++)
        all.set(at[keyOf(site, role)].subarray(l * size, (l + 1) * size), l * arena.count + offset);
    if (all.length > 0) arena.load(all);
    return { arena, block };
  }

  const given = (tensors: Tensor[]): unknown => (the.given ? the.given() : tensors.length === 1 ? tensors[0] : tensors);
  const upload = (at: readonly Numbers[]): Tensor[] => at.map((x, i) => tf.tensor(x, [...the.inputs[i]]));
  const paddings = new Map<string, Pass['padding']>(); // one an engine: what it makes of it stays there
  const padding = (): Pass['padding'] => {
    const { engine } = activeEngine();
    if (!paddings.has(engine)) paddings.set(engine, the.padding?.() ?? null);
    return paddings.get(engine)!;
  };
  const pass = (saves: boolean): Pass => ({
    sequences: the.sequences ?? 1,
    length: the.length ?? 1,
    padding: padding(),
    cache: null,
    saves,
    wantsInput: saves && wantsInput,
    mask: the.mask ?? (() => null),
  });
  const upstream = (y: Tensor[]): Tensor[] =>
    y.map(({ size, shape }, i) =>
      the.upstream === 'ones' ? tf.ones(shape) : tf.tensor(drawn(`${name}/dy${i}`, size), shape),
    );
  const asGiven = (tensors: Tensor[], like: unknown): unknown => (Array.isArray(like) ? tensors : tensors[0]);

  /** Forward and backward on the engine in use. */
  function measured(asked = wantsInput): Measured {
    const { arena, block } = made(values);
    const x = upload(inputs);
    const step = block.forward(given(x), pass(true));
    const dy = upstream(listed(step.y));
    const dx = block.backward(asGiven(dy, step.y), step.saved, asked);
    const result = {
      y: listed(step.y).map(numbersOf),
      dx: dx ? listed(dx).map(numbersOf) : [],
      gradients: Object.fromEntries(arena.parameters.map((p) => [keyOf(p.site, p.role), numbersOf(p.gradient!)])),
    };
    if (lanes === 1) for (const p of arena.parameters) expect(p.gradient!.shape).toEqual(p.value.shape);
    release(x, step.y, dy, dx);
    arena.dispose();
    return result;
  }

  /** The judge: the plain formula under tf's tape. */
  function judged(): Measured {
    const x = upload(inputs);
    const p = trained.map(([role, shape]) => tf.tensor(values[role], [lanes, ...shape]));
    const formula = (all: Tensor[]): Tensor[] => {
      const roles = Object.fromEntries(trained.map(([role], i) => [role, all[x.length + i]]));
      return listed(the.plain(all.slice(0, x.length), roles, frozen));
    };
    const along = (...all: Tensor[]): tf.Scalar => {
      const y = formula(all);
      const terms = upstream(y).map((dy, i) => tf.sum(tf.mul(dy, y[i])));
      return tf.addN(terms) as tf.Scalar;
    };
    const all = [...x, ...p];
    const gradients = all.length > 0 ? tf.grads(along)(all) : [];
    return {
      y: formula(all).map(numbersOf),
      dx: wantsInput ? gradients.slice(0, x.length).map(numbersOf) : [],
      gradients: Object.fromEntries(trained.map(([role], i) => [role, numbersOf(gradients[x.length + i])])),
    };
  }

  /** Σ dy · y of the block's own forward pass, summed in float64. */
  function valueAt(x: readonly Numbers[], at: typeof values): number {
    const { arena, block } = made(at);
    const tensors = upload(x);
    const { y } = block.forward(given(tensors), pass(false));
    const dy = upstream(listed(y)).map(numbersOf);
    const value = listed(y)
      .map(numbersOf)
      .reduce((sum, ys, i) => sum + ys.reduce((inner, v, j) => inner + v * dy[i][j], 0), 0);
    release(tensors, y);
    arena.dispose();
    return value;
  }

  describe(name, () => {
    let onCpu: Measured;
    let byTape: Measured;
    let here: Measured;
    let withoutKernels: Measured;
    beforeAll(async () => {
      await startEngine();
      here = measured();
      useKernels(false);
      withoutKernels = measured();
      useKernels(true);
      await onCpuEngine(() => {
        onCpu = measured();
        byTape = judged();
      });
    });

    test("the values and gradients of an independent formula under tf's tape, on the cpu engine", () => {
      expectClose(onCpu, byTape, 1e-5);
    });

    test('the same numbers on the engine in use', () => {
      expectClose(here, onCpu, 1e-5);
    });
    test('and on it without our own kernels', () => {
      expectClose(withoutKernels, onCpu, 1e-5);
    });

    test('the gradients of finite differences', async () => {
      const random = stream(3, name);
      await onCpuEngine(() => {
        onCpu.dx.forEach((dx, i) => {
          const moved = (v: Numbers): number => valueAt(inputs.with(i, v), values);
          expectSlope(dx, inputs[i], moved, random);
        });
        for (const [role, gradient] of Object.entries(onCpu.gradients)) {
          if (the.detached?.includes(role)) continue;
          const moved = (v: Numbers): number => valueAt(inputs, { ...values, [role]: v });
          expectSlope(gradient, values[role], moved, random);
        }
      });
    });

    test('borrows what it is given, frees what it saves and leaves nothing behind', () => {
      measured(); // constants that stay are made once
      const before = tf.memory().numTensors;
      const { arena, block } = made(values);
      const x = upload(inputs);
      const what = given(x);
      const step = block.forward(what, pass(true));
      const dy = upstream(listed(step.y));
      const lent = [...x, ...dy];
      const dx = block.backward(asGiven(dy, step.y), step.saved, wantsInput);
      for (const tensor of lent) expect(tensor.isDisposed).toBe(false);
      release(what, x, dy, step.y, dx);
      arena.dispose();
      expect(tf.memory().numTensors).toBe(before);
    });

    test('saves nothing when nobody will come back for it', () => {
      const { arena, block } = made(values);
      const what = given(upload(inputs));
      release(block.forward(what, pass(false))); // what the arena owns is made once
      const before = tf.memory().numTensors;
      const { y } = block.forward(what, pass(false));
      expect(tf.memory().numTensors - before).toBe(listed(y).length);
      release(what, y);
      arena.dispose();
    });

    test('gives no gradient of its input where none is wanted, and the same of its parameters', () => {
      const asked = measured(false);
      expect(asked.dx).toEqual([]);
      expect(asked.gradients).toEqual(here.gradients);
    });
  });
}

/** `f` on the cpu engine; the one in use is back in use afterwards. */
async function onCpuEngine(f: () => void): Promise<void> {
  const { engine } = activeEngine();
  await startEngine({ engine: 'cpu' });
  try {
    scoped(f)();
  } finally {
    await startEngine({ engine });
  }
}

function expectClose(got: Measured, wanted: Measured, tolerance: number): void {
  expect(got.y.length).toBe(wanted.y.length);
  expect(got.dx.length).toBe(wanted.dx.length);
  got.y.forEach((y, i) => expectNear(y, wanted.y[i], tolerance, `output ${i}`));
  got.dx.forEach((dx, i) => expectNear(dx, wanted.dx[i], tolerance, `gradient of input ${i}`));
  for (const [role, gradient] of Object.entries(wanted.gradients))
    expectNear(got.gradients[role], gradient, tolerance, `gradient of ${role}`);
}

/** Every number within tolerance · (the largest wanted magnitude, at least one). */
export function expectNear(got: ArrayLike<number>, wanted: ArrayLike<number>, tolerance: number, what: string): void {
  expect(got.length, `${what}: how many numbers`).toBe(wanted.length);
  const scale = Math.max(1, ...Array.from(wanted, Math.abs));
  let largest = 0;
  for (let i = 0; i < got.length; i++) {
    const off = Math.abs(got[i] - wanted[i]);
    if (!(off <= largest)) largest = off;
  }
  expect(largest / scale, `${what}: largest difference`).toBeLessThanOrEqual(tolerance);
}

/**
 * The slope of f at x, along half the gradient's own direction and half a random one, by central differences of two widths joined so
 * that their second-order error cancels (Richardson): what is left is float32's rounding and h⁴.
 */
function expectSlope(
  gradient: Numbers,
  x: Numbers,
  f: (x: Numbers) => number,
  random: ReturnType<typeof stream>,
): void {
  const norm = Math.hypot(...gradient);
  const noise = random.fillNormal(new Float32Array(x.length), 1 / Math.sqrt(x.length));
  const along = noise.map((n, i) => n + (norm > 0 ? gradient[i] / norm : 0));
  const central = (h: number): number => {
    const ahead = x.map((value, i) => value + h * along[i]);
    const behind = x.map((value, i) => value - h * along[i]);
    return (f(ahead) - f(behind)) / (2 * h);
  };
  const slope = (4 * central(0.02) - central(0.04)) / 3;
  const wanted = gradient.reduce((sum, g, i) => sum + g * along[i], 0);
  expect(Math.abs(slope - wanted)).toBeLessThanOrEqual(1e-3 * Math.max(norm, 0.1));
}

/** The rows of each lane in turn: [lanes · n, features] -> one result, joined again. */
export function byLane(x: Tensor, lanes: number, f: (rows: Tensor2D, lane: number) => Tensor): Tensor {
  const [rows, features] = [x.shape[0] / lanes, x.shape[1]!];
  const parts = Array.from({ length: lanes }, (_, lane) =>
    f(tf.slice(x, [lane * rows, 0], [rows, features]) as Tensor2D, lane),
  );
  return tf.concat(parts, 0);
}

/** One lane of a trained tensor [lanes, ...shape]. */
export function lane(p: Tensor, index: number): Tensor {
  return tf.reshape(tf.slice(p, [index], [1]), p.shape.slice(1));
}
