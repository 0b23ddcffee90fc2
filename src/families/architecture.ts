/** A decoder as data: what its config.json says in the field's terms, and what its checkpoint calls each place. */
import type { FusedParts } from '../blocks/fit.ts';

export interface DecoderArchitecture {
  readonly vocabulary: number;
  readonly width: number;
  readonly layers: number;
  /** Positions that the model was made for. */
  readonly maxLength: number;
  readonly norm: { readonly type: 'rms' | 'layer'; readonly epsilon: number };
  readonly heads: number;
  readonly keyValueHeads: number;
  readonly headWidth: number;
  readonly positions:
    | { readonly type: 'rotary'; readonly frequencies: readonly number[] }
    | { readonly type: 'learned'; readonly table: string };
  readonly feedForward: { readonly type: 'gated' | 'plain'; readonly width: number };
  /** The output layer shares the embedding's table. */
  readonly tied: boolean;
  /** How the checkpoint stores a kernel: [out, in] as torch's Linear, or [in, out] as GPT-2's Conv1D. */
  readonly kernelOrder: 'outIn' | 'inOut';
  /** Whether linear maps carry a bias. */
  readonly biases: { readonly attention: boolean; readonly output: boolean; readonly feedForward: boolean };
  readonly names: DecoderNames;
  readonly defaultTargets: DefaultTargets;
}

/** Where PEFT puts a method that is given no targets (utils/constants.py), in the grammar of targets. */
export interface DefaultTargets {
  /** Methods that change kernels: LoRA and its kin. */
  readonly kernels: readonly string[];
  /** Methods that only scale activations: IA³. */
  readonly activations: readonly string[];
}

/** Names of modules as in the checkpoint; a kernel adds .weight, a bias .bias. */
export interface DecoderNames {
  readonly embedding: string;
  readonly finalNorm: string;
  readonly head: string;
  /** Begins the names of all but the head; a checkpoint without head leaves it out (storedName.ts). */
  readonly bodyPrefix: string;
  readonly layer: (index: number) => LayerNames;
}

export interface LayerNames {
  readonly attentionNorm: string;
  /** Three maps, or one fused. */
  readonly projections: readonly [string, string, string] | readonly [string];
  readonly attentionOutput: string;
  readonly feedForwardNorm: string;
  /** gate and up, or the one map into a plain feed-forward. */
  readonly feedForwardInput: readonly [string, string] | readonly [string];
  readonly feedForwardOutput: string;
}

/** Ranges of a fused projection's outputs. */
export function fusedParts({ width, keyValueHeads, headWidth }: DecoderArchitecture): FusedParts {
  const keys = keyValueHeads * headWidth;
  return { query: [0, width], key: [width, width + keys], value: [width + keys, width + 2 * keys] };
}
