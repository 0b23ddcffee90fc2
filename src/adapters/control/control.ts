import type { Tensor2D } from '@tensorflow/tfjs';
import type { Arena, Parameter } from '../../tensor/arena.ts';
import type { Stream } from '../../tensor/random.ts';
import type { Described } from '../json.ts';
import type { Outline } from '../types.ts';

/** What acts on a whole run: a penalty on the parameters, another gradient for the optimizer, and something done after each step. */
export interface Control {
  /** The penalty of each lane, whose gradient it adds to the parameters'. Never part of the reported task loss. */
  penalty(): number[];
  /** What the optimizer gets for this step's (clipped) gradient [lanes, count]: the same tensor, or another. Runs in a scope. */
  precondition(gradient: Tensor2D): Tensor2D;
  /** Step counts from 1. Sees the new values in the arena and this step's (clipped) gradient [lanes, count]. Dead lanes stand still. */
  afterStep(step: number, gradient: Tensor2D, alive: readonly boolean[]): void;
  /** Active rank of each site of a lane, as last decided, where there is such a thing. */
  activeRanks(lane: number): readonly number[] | null;
  /** Sum of the active ranks that the schedule allows after a step; null where there is no such thing. */
  budget(step: number): number | null;
  /** The sites that activeRanks counts, in its order. */
  readonly sites: readonly string[];
  /** Everything that a continued run needs, and taking it back. */
  save(): ControlState;
  restore(state: ControlState): void;
}

export type ControlState = { readonly [name: string]: Float32Array };

/** A site as a control sees it. */
export interface ControlledSite {
  readonly name: string;
  readonly parameters: readonly Parameter[];
  /** Rank, alpha, scale. */
  readonly derived: Outline['derived'];
}

/** The lane's own stream of these names, for what a control draws. */
export type ControlRandom = (lane: number, ...names: (string | number)[]) => Stream;

export interface ControlRule extends Described {
  /** Mean rank of a site when the run ends, where the control prunes to one; null where ranks stay as they start. */
  readonly meanRankAtEnd: number | null;
  /** `sites`: those of this method, in network order. The arena has started. */
  create(sites: readonly ControlledSite[], arena: Arena, steps: number, random: ControlRandom): Control;
}
