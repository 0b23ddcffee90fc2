/**
 * Changes of some parts of a fused projection (q and v of a c_attn; loralib's MergedLinear): each part has an update of its own,
 * the other outputs stay the base's.   Δ(x) = [Δ_q(x), 0, Δ_v(x)].
 */
import tf, { type Tensor2D } from '@tensorflow/tfjs';
import { scoped } from '../tensor/engine.ts';
import type { Saved } from '../tensor/step.ts';
import type { Method, Site, SiteContext, Update } from './types.ts';
import { columnNorms } from './update/columnNorms.ts';

interface Part {
  readonly part: string;
  readonly range: readonly [number, number];
  readonly method: Method;
}

export function fusedUpdate(site: Site, parts: readonly Part[], context: (name: string) => SiteContext): Update {
  const [inputs, outputs] = site.shape;
  const updates = parts.map(({ part, range: [from, to], method }) => {
    const name = `${site.name}:${part}`;
    const use: Site['use'] = (f) => site.use((kernel) => f(tf.slice(kernel, [0, from], [inputs, to - from])));
    return method.update.create({ name, kind: 'linear', shape: [inputs, to - from], use }, context(name));
  });
  /** Lays pieces of a width each at their ranges, zeros between. */
  const placed = (pieces: readonly Tensor2D[]): Tensor2D => {
    const rows = pieces[0].shape[0];
    const row: Tensor2D[] = [];
    let at = 0;
    const gap = (to: number): void => {
      if (to > at) row.push(tf.zeros([rows, to - at]));
    };
    parts.forEach(({ range: [from, to] }, i) => {
      gap(from);
      row.push(pieces[i]);
      at = to;
    });
    gap(outputs);
    return tf.concat(row, 1);
  };
  const delta = scoped((lane: number) => placed(updates.map((update) => update.delta(lane))));
  const lanes = updates[0].parameters[0].lanes;
  return {
    replaces: false,
    parameters: updates.flatMap((update) => update.parameters),
    derived: updates[0].derived,
    forward(x) {
      const steps = updates.map((update) => update.forward(x));
      return { y: placed(steps.map(({ y }) => y)), saved: steps.map(({ saved }) => saved) };
    },
    backward(dy, x, saved, wantsInput) {
      const dxs = updates.flatMap((update, i) => {
        const [from, to] = parts[i].range;
        const piece = tf.slice(dy, [0, from], [dy.shape[0], to - from]);
        const dx = update.backward(piece, x, (saved as Saved[])[i], wantsInput);
        return dx ? [dx] : [];
      });
      return wantsInput ? (tf.addN(dxs) as Tensor2D) : null;
    },
    delta,
    columnNorms: scoped(() => {
      const changed = Array.from({ length: lanes }, (_, lane) => site.use((kernel) => tf.add(kernel, delta(lane))));
      return columnNorms(lanes === 1 ? changed[0] : tf.stack(changed));
    }),
  };
}
