/** A network as data: what its config.json says in the field's terms, and what its checkpoint calls each place. */
import type { ActivationName } from '../blocks/activations/index.ts';
import type { FusedParts } from '../blocks/fit.ts';
import type { Rope } from '../blocks/rotaryFrequencies.ts';

export type Architecture = TransformerArchitecture | ConvNetArchitecture;

/** Of torch's Linear [out, in], or of GPT-2's Conv1D [in, out]. */
export type KernelOrder = 'outIn' | 'inOut';

/** Decoders and encoders of text. */
export interface TransformerArchitecture {
  readonly type: 'transformer';
  readonly vocabulary: number;
  readonly width: number;
  readonly layers: number;
  /** Positions that the model was made for. */
  readonly maxLength: number;
  readonly norm: { readonly type: 'rms' | 'layer'; readonly epsilon: number };
  readonly heads: number;
  readonly keyValueHeads: number;
  readonly headWidth: number;
  readonly attention: AttentionArchitecture;
  readonly positions: Positions;
  /** Rows of the table of token types (BERT's sentences A and B); 0 where there is none. */
  readonly tokenTypes: number;
  readonly feedForward: {
    readonly type: 'gated' | 'plain';
    readonly width: number;
    readonly activation: ActivationName;
  };
  /** Norm before each half of a layer, after each sum, or before both halves, which then run side by side. */
  readonly residual: 'pre' | 'post' | 'parallel';
  readonly head: HeadArchitecture;
  /** The output layer of a language model shares the embedding's table. */
  readonly tied: boolean;
  /** How the checkpoint stores a kernel of a layer. */
  readonly kernelOrder: KernelOrder;
  /** Whether linear maps carry a bias. */
  readonly biases: {
    /** Queries, keys and values. */
    readonly attention: boolean;
    /** What comes out of attention. */
    readonly output: boolean;
    readonly feedForward: boolean;
  };
  readonly names: TransformerNames;
}

export interface AttentionArchitecture {
  /** A query sees no later key. */
  readonly causal: boolean;
  /** By layer: keys that a query sees at most, itself and those before it; null: no limit. */
  readonly windows: readonly (number | null)[];
  /** By layer: what scores are multiplied by. */
  readonly scales: readonly number[];
  /** Queries and keys are normalized head by head (RMS) before they turn. */
  readonly queryKeyNorm: boolean;
  /** How the outputs of one fused projection lie: all queries, keys, values, or the three of each head together. */
  readonly fused: 'blocks' | 'perHead' | null;
}

export type Positions =
  | { readonly type: 'rotary'; readonly rope: Rope }
  | {
      readonly type: 'learned';
      readonly table: string;
      readonly rows: number;
      /** RoBERTa's: the token that positions pass over, from which they start. */
      readonly padding: number | null;
    };

/** What comes after the layers, by task. */
export type HeadArchitecture =
  | {
      readonly task: 'causal-lm' | 'masked-lm';
      /** A map, an activation and a norm before the output layer. */
      readonly transform: { readonly map: string; readonly activation: ActivationName; readonly norm: string } | null;
      /** The tensor of the output's bias. */
      readonly bias: string | null;
    }
  | {
      readonly task: 'sequence-classification';
      readonly labels: number;
      /** Labels are numbers, and the loss is the squared error. */
      readonly regression: boolean;
      /** Which row speaks for a sequence: the first, or the last that is not padding. */
      readonly row: { readonly at: 'first' } | { readonly at: 'last'; readonly padding: number | null };
      /** A map with tanh that this row goes through before the output layer. */
      readonly pooler: string | null;
      readonly hasBias: boolean;
    }
  | {
      /** No output layer: the rows as they are, and the first through a map with tanh. */
      readonly task: 'feature';
      readonly pooler: string | null;
    };

export type Task = HeadArchitecture['task'] | 'image-classification';

/** Names of modules as in the checkpoint; a kernel adds .weight, a bias .bias. */
export interface TransformerNames {
  readonly embedding: string;
  readonly tokenTypes?: string;
  readonly embeddingNorm?: string;
  readonly finalNorm?: string;
  /** The output layer; empty where there is none. */
  readonly head: string;
  /** The tensor of its kernel, where that is not the name with .weight. */
  readonly headTensor?: string;
  readonly layer: (index: number) => LayerNames;
  /** Other forms of these names that checkpoints have. */
  readonly stored: StoredNames;
}

export interface LayerNames {
  readonly attentionNorm: string;
  /** Three maps, or one fused. */
  readonly projections: readonly [string, string, string] | readonly [string];
  readonly queryNorm?: string;
  readonly keyNorm?: string;
  readonly attentionOutput: string;
  readonly feedForwardNorm: string;
  /** gate and up, or the one map into a plain feed-forward. */
  readonly feedForwardInput: readonly [string, string] | readonly [string];
  readonly feedForwardOutput: string;
}

/** How a checkpoint's names may differ from a network's, and what else it may hold. */
export interface StoredNames {
  /** Begins the names of all but the head; a checkpoint may leave it out, or have it where the network has not. */
  readonly bodyPrefix: string;
  /** Ends of names that older checkpoints write otherwise: [ours, theirs]. */
  readonly olderEnds: readonly (readonly [string, string])[];
  /** Tensors that are no part of the network: buffers, and heads of other tasks. */
  readonly ignored: readonly RegExp[];
}

/** Convolutions with ReLU, the mean over pixels, a classifier. */
export interface ConvNetArchitecture {
  readonly type: 'convNet';
  readonly convolutions: readonly {
    readonly name: string;
    readonly channels: readonly [number, number];
    readonly kernel: readonly [number, number];
    readonly stride: readonly [number, number];
    readonly padding: readonly [number, number];
  }[];
  readonly labels: number;
  readonly tied: false;
  readonly names: { readonly head: string; readonly stored: StoredNames };
}

/** Ranges of a fused projection's outputs. */
export function fusedParts({ heads, keyValueHeads, headWidth }: TransformerArchitecture): FusedParts {
  const queries = heads * headWidth;
  const keys = keyValueHeads * headWidth;
  return { query: [0, queries], key: [queries, queries + keys], value: [queries + keys, queries + 2 * keys] };
}

export const tasks: readonly Task[] = [
  'causal-lm',
  'masked-lm',
  'sequence-classification',
  'feature',
  'image-classification',
];

/** What a network is asked to give. */
export const taskOf = (a: Architecture): Task => (a.type === 'convNet' ? 'image-classification' : a.head.task);
