/** Bytes of one training run by holder, from counts alone. */
import { RequestError } from '../errors.ts';
import type { Writing } from './activations.ts';
import type { ActivationNumbers } from './countedBlock.ts';
import type { Precision } from './precision.ts';

export interface HeldBytes {
  /** The frozen network, as the storage holds it. */
  readonly base: number;
  /** Trained numbers. */
  readonly adapter: number;
  /** Numbers that a method brings along and that do not train; what sites share counts once. */
  readonly frozenAdapter: number;
  readonly gradients: number;
  /** Moments of every trained number, and its master copy where there is one. */
  readonly optimizer: number;
  /** What a step keeps from forward to backward. */
  readonly activations: number;
}

/** How a run would train. */
export interface Training {
  /** Sequences in a step. */
  readonly batch: number;
  /** Tokens in a sequence. */
  readonly sequence: number;
  readonly optimizer: string;
  readonly precision: Precision;
  /** Which of its blocks' two writings a step runs in. */
  readonly writing: Writing;
}

/** Moments of each trained number. SGD is with momentum. */
const moments: Readonly<Record<string, number>> = { adamw: 2, sgd: 1 };

/** A RequestError for an optimizer that there is none of. */
export function momentsOf(optimizer: string): number {
  if (Object.hasOwn(moments, optimizer)) return moments[optimizer]!;
  throw new RequestError(`unknown optimizer '${optimizer}'; there are ${Object.keys(moments).join(' and ')}`);
}

export interface Counts {
  /** Bytes of the frozen network. */
  readonly base: number;
  readonly trained: number;
  /** Numbers that a method brings along and that do not train. */
  readonly frozen: number;
  readonly activations: ActivationNumbers;
}

export function heldBytes({ base, trained, frozen, activations }: Counts, training: Training): HeldBytes {
  const { optimizer, precision } = training;
  return {
    base,
    adapter: trained * precision.adapter,
    frozenAdapter: frozen * precision.adapter,
    gradients: trained * precision.gradients,
    optimizer: trained * (momentsOf(optimizer) * precision.moments + precision.master),
    activations: activationBytes(activations, training),
  };
}

export function activationBytes(
  { perToken, perPosition, perSequence }: ActivationNumbers,
  { batch, sequence, precision }: Training,
): number {
  return precision.activations * batch * (sequence * (perToken + perPosition * sequence) + perSequence);
}

/** A RequestError for more bytes than can be counted exactly. */
export function totalOf(bytes: HeldBytes): number {
  const total = Object.values(bytes).reduce((sum: number, n: number) => sum + n, 0);
  if (total <= Number.MAX_SAFE_INTEGER) return total;
  throw new RequestError('this run would hold more than 9 · 10^15 bytes: ask for a smaller batch or shorter sequences');
}
