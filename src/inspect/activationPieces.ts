/** What an activation's slope is made of, as src/blocks/activations has it: how many numbers, and whether f(x) is one of them. */
import { type ActivationName, activations } from '../blocks/activations/index.ts';
import type { Activation } from '../blocks/activations/activation.ts';

export interface ActivationPieces {
  readonly count: number;
  /** What comes next may keep it too, as its input: then it is there once. */
  readonly keepsOutput: boolean;
}

const { gelu, gelu_new: geluTanh, leaky_relu: leakyRelu, linear, mish, quick_gelu: quickGelu } = activations;
const { relu, relu2: reluSquared, sigmoid, silu, tanh } = activations;

const pieces: ReadonlyMap<Activation, ActivationPieces> = new Map(
  [
    { of: [gelu, geluTanh, mish], count: 2, keepsOutput: false },
    { of: [leakyRelu, linear, reluSquared], count: 1, keepsOutput: false },
    { of: [quickGelu, silu], count: 2, keepsOutput: true },
    { of: [relu, sigmoid, tanh], count: 1, keepsOutput: true },
  ].flatMap(({ of, ...rest }) => of.map((activation) => [activation, rest] as const)),
);

export const piecesOf = (name: ActivationName): ActivationPieces => pieces.get(activations[name])!;
