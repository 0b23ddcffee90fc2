/**
 * IA³, arXiv:2205.05638 §3.3: a trained factor for each inner activation, 1 at the start,   y = l ∘ (Wx + b);   at the second map of
 * a feed-forward, where the inner activation is the input,   y = W(l ∘ x) + b.
 */
import { scale } from '../differentiable.ts';
import { rescaleByFormula } from '../localTape.ts';
import { createParameters, outlineOf } from '../outline.ts';
import { isTarget, type TargetNames } from '../targets.ts';
import type { Place, RescaleRule } from '../types.ts';

/** What the second map of a feed-forward is called: Llama and its kin, GPT-2, OPT and BART, GPT-J, BLOOM and NeoX, T5, Mixtral, BERT. */
export const feedForwardOutputs: readonly string[] = [
  'down_proj',
  'mlp.c_proj',
  'fc2',
  'fc_out',
  'dense_4h_to_h',
  'wo',
  'w2',
  'output.dense',
];

export interface InputOutputScaleOptions {
  /** Sites whose input is scaled, in the grammar of targets; `feedForwardOutputs` unless given. */
  readonly feedForward?: TargetNames;
}

export function inputOutputScale({ feedForward = feedForwardOutputs }: InputOutputScaleOptions = {}): RescaleRule {
  const at = ({ name, kind, shape: [inputs, outputs] }: Place): Scaled =>
    kind === 'linear' && isTarget({ name, kind, isHead: false }, { targets: feedForward })
      ? { side: 'input', role: 'inputScale', width: inputs }
      : { side: 'output', role: 'outputScale', width: outputs };
  return {
    spec: { type: 'inputOutputScale', feedForward },
    sites: ['linear', 'embedding'],
    outline(place) {
      const { role, width } = at(place);
      return outlineOf({ trained: { [role]: [width] }, savedPerRow: width });
    },
    create(site, _update, context) {
      const { side, role, width } = at(site);
      const ones = (): Float32Array => new Float32Array(width).fill(1);
      const { [role]: l } = createParameters(site, context, { [role]: [width] }, { [role]: ones });
      return rescaleByFormula({ side, withBias: true, width }, { l }, (x, values) => scale(x, values.l));
    },
  };
}

/** Two roles of its own. */
interface Scaled {
  readonly side: 'input' | 'output';
  readonly role: 'inputScale' | 'outputScale';
  readonly width: number;
}
