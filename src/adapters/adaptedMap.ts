/**
 * A linear map with a method on it:   y = rescale(xW + Δ(x̃)) + b,   x̃ = x ∘ mask (dropout on the adapter's input alone);
 * where a rescale takes in the bias, b stands inside.
 *
 * With a rescale and dropout at once, as PEFT does DoRA:   y = xW + rescale(x̃W + Δ(x̃)) − x̃W + b: the base output itself keeps
 * the undropped x, its correction does not. A rescale of the input scales what base and update both see. Where the start took
 * something away from W (a residual), W stands for what is left.
 */
import tf, { type Tensor2D } from '@tensorflow/tfjs';
import { block } from '../blocks/block.ts';
import type { LinearMap } from '../blocks/linearMap.ts';
import type { Vector } from '../blocks/vector.ts';
import type { Frozen } from '../tensor/frozen.ts';
import { laneAdd } from '../tensor/laneMatMul.ts';
import { rowsInput } from '../tensor/siteInput.ts';
import type { Saved } from '../tensor/step.ts';
import { sumOf } from '../tensor/sum.ts';
import { withStrength } from './strength.ts';
import type { Rescale, Update } from './types.ts';

export interface AdaptedParts {
  readonly name: string;
  readonly kernel: Frozen;
  readonly bias: Vector | null;
  readonly update: Update;
  readonly rescale: Rescale;
  /** Share of the adapter's input that is dropped in training; 0 asks for no mask. */
  readonly dropout: number;
  /** Share of the change that is applied, 1 unless set; for use, not for training. */
  readonly strength: () => number;
}

export function adaptedMap({ name, kernel, bias, update, rescale, dropout, strength }: AdaptedParts): LinearMap {
  const onInput = rescale.side === 'input';
  const onOutput = rescale.side === 'output';
  const inside = onOutput && rescale.withBias ? bias : null;
  const outside = inside ? null : bias;
  const plus = (y: Tensor2D, b: Vector | null): Tensor2D => (b ? laneAdd(y, b.value) : y);
  const dropped = (x: Tensor2D, mask: Tensor2D | null): Tensor2D => (mask ? (tf.mul(x, mask) as Tensor2D) : x);

  const { residual } = update;
  const times = (x: Tensor2D): Tensor2D => {
    const y = kernel.times(x);
    return residual ? (tf.add(y, residual.times(rowsInput(x))) as Tensor2D) : y;
  };
  const back = (dy: Tensor2D, x: Tensor2D): Tensor2D => {
    const dx = kernel.back(dy);
    return residual ? (tf.add(dx, residual.back(dy, rowsInput(x))!) as Tensor2D) : dx;
  };

  return block({
    trains: true,
    forward(given: Tensor2D, pass) {
      const input = onInput ? rescale.forward(given) : null;
      const x = input ? input.y : given;
      const mask = dropout > 0 ? pass.mask(name, x.shape[0], x.shape[1], dropout) : null;
      const change = update.forward(rowsInput(dropped(x, mask)));
      const base = update.replaces ? null : times(x);
      let y = base ? sumOf([base, change.y]) : change.y;
      let output: Saved = null;
      if (onOutput && mask && base) {
        const droppedBase = times(dropped(x, mask));
        const scaled = rescale.forward(plus(tf.add(droppedBase, change.y), inside));
        output = scaled.saved;
        y = tf.add(base, tf.sub(scaled.y, droppedBase));
      } else if (onOutput) {
        const scaled = rescale.forward(plus(y, inside));
        output = scaled.saved;
        y = scaled.y;
      }
      y = withStrength(strength(), y, () => plus(kernel.times(given), inside));
      const saved = { x: tf.clone(x), mask, update: change.saved, input: input?.saved ?? null, output };
      return { y: plus(y, outside), saved };
    },
    backward(dy, saved, wantsInput) {
      if (outside?.trains) outside.accumulateRows(dy);
      const { x, mask } = saved;
      const dPre = onOutput ? rescale.backward(dy, saved.output) : dy;
      if (inside?.trains) inside.accumulateRows(dPre);
      const wants = wantsInput || onInput;
      const dUpdate = update.backward(dPre, rowsInput(dropped(x, mask)), saved.update, wants);
      if (!wants) return null;
      const correction = onOutput && mask ? back(tf.sub(dPre, dy), x) : null;
      const throughMask = correction ? (tf.add(dUpdate!, correction) as Tensor2D) : dUpdate!;
      const fromUpdate = dropped(throughMask, mask);
      const dx = update.replaces ? fromUpdate : sumOf([back(onOutput && !mask ? dPre : dy, x), fromUpdate]);
      return onInput ? rescale.backward(dx, saved.input) : dx;
    },
  });
}
