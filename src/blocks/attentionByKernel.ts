/** Attention by our own kernel (src/tensor/native/kernels/attention.cc), which turns, weighs and sums head by head; no padding. */
import tf, { type Tensor, type Tensor2D } from '@tensorflow/tfjs';
import { scalar } from '../tensor/engine.ts';
import { type Kernel, kernel } from '../tensor/kernels.ts';
import type { AttentionShape } from './attention.ts';
import { type Block, block } from './block.ts';
import { rotaryTables } from './rotary.ts';

export function attentionByKernel({
  heads,
  keyValueHeads,
  headWidth,
  scale,
  rope,
  causal,
  window,
}: AttentionShape): Block<Tensor2D[]> {
  const pairing = rope ? { half: 1, adjacent: 2 }[rope.pairing] : 0;
  const tablesOf = (length: number): Tensor[] => {
    if (!rope) return [scalar(1), scalar(0)];
    const { cos, sin } = rotaryTables(rope, headWidth, length);
    return [cos, sin];
  };
  const of = byLength((length) => {
    const integers = {
      heads,
      key_heads: keyValueHeads,
      length,
      causal: Number(causal),
      window: window ?? 0,
      pairing,
      turning: rope?.width ?? 0,
    };
    const attributes = { integers, numbers: { scale } };
    return {
      forward: kernel('Attention', 2, attributes),
      backward: kernel('AttentionGradient', 3, attributes),
      tables: tablesOf(length),
    };
  });
  return block({
    trains: false,
    forward([q, k, v]: Tensor2D[], { length }) {
      const { forward, tables } = of(length);
      const [o, logs] = forward(q!, k!, v!, ...tables) as [Tensor2D, Tensor2D];
      return { y: o, saved: { q: tf.clone(q!), k: tf.clone(k!), v: tf.clone(v!), o: tf.clone(o), logs, length } };
    },
    backward(dy, { q, k, v, o, logs, length }, wantsInput) {
      if (!wantsInput) return null;
      const { backward, tables } = of(length);
      return backward(dy, q, k, v, o, logs, ...tables) as Tensor2D[];
    },
  });
}

interface Kernels {
  readonly forward: Kernel;
  readonly backward: Kernel;
  /** cos and sin. */
  readonly tables: readonly Tensor[];
}

function byLength(make: (length: number) => Kernels): (length: number) => Kernels {
  const made = new Map<number, Kernels>();
  return (length) => {
    let kernels = made.get(length);
    if (!kernels) made.set(length, (kernels = make(length)));
    return kernels;
  };
}
