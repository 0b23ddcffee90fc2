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
  /** 'plain': written in ops on the engine's own tape (plainTape.ts). Ours alone. */
  readonly writing: 'blocks' | 'plain';
  /** Runs that go through one step together; the time is that of one run. Ours alone. */
  readonly lanes: number;
}

export type Job = NoJob | StepJob;
