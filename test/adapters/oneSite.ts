/** An update and a rescale on one small kernel, with numbers by hand. */
import tf, { type Tensor, type Tensor2D } from '@tensorflow/tfjs';
import { adaptedMap } from '../../src/adapters/adaptedMap.ts';
import { none } from '../../src/adapters/rescale/none.ts';
import type { Rescale, RescaleRule, Site, Update, UpdateRule } from '../../src/adapters/types.ts';
import { type Arena, createArena } from '../../src/tensor/arena.ts';
import { release, scoped } from '../../src/tensor/engine.ts';
import { float32Kernel } from '../../src/tensor/frozen.ts';
import { stream } from '../../src/tensor/random.ts';

export interface OneSite {
  readonly arena: Arena;
  readonly update: Update;
  readonly rescale: Rescale;
  /** Numbers of the only lane by role. */
  values(): { [role: string]: number[] };
  /** Overwrites the numbers of some roles. */
  set(values: { readonly [role: string]: readonly number[] }): void;
  /** Forward and backward on rows of x; `dy` is all ones. */
  step(x: readonly (readonly number[])[]): { y: number[]; dx: number[]; gradients: { [role: string]: number[] } };
  /** W' as the merge would have it, [in, out]. */
  merged(): number[];
  dispose(): void;
}

export const numbers = (tensor: Tensor): number[] => [...tensor.dataSync<'float32'>()];

/** `kernel` [in, out] in rows. */
export function oneSite(
  kernel: readonly (readonly number[])[],
  rule: UpdateRule,
  rescaleRule: RescaleRule = none(),
  { seed = 0, name = 'model.layers.0.self_attn.q_proj', kind = 'linear' as Site['kind'] } = {},
): OneSite {
  const shape = [kernel.length, kernel[0].length] as const;
  const frozen = float32Kernel(Float32Array.from(kernel.flat()), shape);
  const arena = createArena(1);
  const site: Site = { name, kind, shape, use: frozen.use };
  const context = { arena, random: (_lane: number, purpose: string) => stream(seed, name, purpose) };
  const update = rule.create(site, context);
  const rescale = rescaleRule.create(site, update, context);
  arena.start();
  const map = adaptedMap({ name, kernel: frozen, bias: null, update, rescale, dropout: 0, strength: () => 1 });
  const byRole = (of: (parameter: Arena['parameters'][number]) => number[]): { [role: string]: number[] } =>
    Object.fromEntries(arena.parameters.map((parameter) => [parameter.role, of(parameter)]));
  return {
    arena,
    update,
    rescale,
    values: () => byRole((parameter) => [...arena.read(parameter, 0)]),
    set(values) {
      const all = arena.values.dataSync<'float32'>().slice();
      for (const { role, offset } of arena.parameters) if (values[role]) all.set(values[role], offset);
      arena.load(all);
    },
    step: scoped((x: readonly (readonly number[])[]) => {
      const rows = tf.tensor2d(x.map((row) => [...row]));
      const pass = {
        sequences: x.length,
        length: 1,
        padding: null,
        saves: true,
        wantsInput: true,
        cache: null,
        mask: () => null,
      };
      const { y, saved } = map.forward(rows, pass);
      const dx = map.backward(tf.onesLike(y), saved, true)!;
      const gradients = byRole(({ gradient }) => numbers(gradient!));
      release(arena.takeGradient());
      return { y: numbers(y), dx: numbers(dx), gradients };
    }),
    merged: () => {
      const factors = rescale.side === 'neither' ? tf.scalar(1) : rescale.factors(0);
      const delta = update.delta(0);
      const whole = scoped(
        () => tf.mul(tf.add(tf.tensor2d(kernel.map((row) => [...row])), delta), factors) as Tensor2D,
      )();
      const values = numbers(whole);
      release(whole, delta, factors);
      return values;
    },
    dispose() {
      arena.dispose();
      frozen.dispose();
    },
  };
}

/** Each number within `tolerance` of the wanted one. */
export function near(got: readonly number[], wanted: readonly number[], tolerance = 1e-5): boolean {
  return got.length === wanted.length && got.every((value, i) => Math.abs(value - wanted[i]) <= tolerance);
}
