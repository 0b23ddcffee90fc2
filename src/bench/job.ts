/** What a worker is asked to do again and again. Plain JSON: ours and the peer's read the same. */
import type { Shape } from './shape.ts';

interface AnyJob {
  /** Threads of one operation. */
  readonly threads: number;
  /** Repetitions before the first that counts. */
  readonly warmup: number;
  /** Of ours alone; absent: the best available. */
  readonly engine?: string;
}

/** Nothing: the worker says what it runs on. */
export interface NoJob extends AnyJob {
  readonly work: 'nothing';
}

/** A training step: loss, gradients, AdamW. */
export interface StepJob extends AnyJob {
  readonly work: 'step';
  readonly shape: Shape;
  /** By its name in the registry of methods. */
  readonly method: string;
  readonly targets: string | readonly string[];
  /** Layers are computed again in backward. Ours alone. */
  readonly recompute: boolean;
  /** 'plain': written in ops on the engine's own tape (plainTape.ts). Ours alone. */
  readonly writing: 'blocks' | 'plain';
  /** Runs that go through one step together; the time is that of one run. Ours alone. */
  readonly lanes: number;
  /** Whether the engine's calls of a step are counted. Ours alone. */
  readonly countsCalls: boolean;
}

/** An experiment of several short runs, every process of it from its start to its end. */
export interface SweepJob extends AnyJob {
  readonly work: 'sweep';
  /** For results, which nobody reads. */
  readonly folder: string;
  /** The pretrained network, as a Hugging Face folder. */
  readonly model: string;
  readonly runs: number;
  readonly steps: number;
  /** Of a step. */
  readonly batch: number;
  readonly sequence: number;
  /** Of the peer: processes that share the runs, of `threads` each. Ours decides for itself. */
  readonly processes: number;
  readonly quick: boolean;
}

/** Opening a checkpoint and reading all of it into a network. */
export interface LoadJob extends AnyJob {
  readonly work: 'load';
  readonly folder: string;
  readonly shape: Shape;
}

/** Taking LoRA's change into the kernels, in memory. */
export interface MergeJob extends AnyJob {
  readonly work: 'merge';
  readonly shape: Shape;
  readonly targets: string | readonly string[];
}

/** Rounding all linear maps but the head to NF4 with double quantization. */
export interface QuantizeJob extends AnyJob {
  readonly work: 'quantize';
  readonly shape: Shape;
}

/** Going on with a prompt, greedily. */
export interface GenerateJob extends AnyJob {
  readonly work: 'generate';
  readonly shape: Shape;
  readonly promptTokens: number;
  readonly newTokens: number;
}

/** A product of two square matrices, float32: what everything else rests upon. */
export interface ProductJob extends AnyJob {
  readonly work: 'product';
  readonly size: number;
}

export type Job = NoJob | ProductJob | StepJob | SweepJob | LoadJob | MergeJob | QuantizeJob | GenerateJob;
