/** Something set up once in a worker, and done again and again. */
export interface Work {
  /** What was counted, not timed. */
  readonly counts: { readonly [what: string]: number };
  /** Does it once and gives the milliseconds that count. */
  repeat(): number | Promise<number>;
  end(): void;
}

/** Milliseconds that `f` takes. */
export function timed(f: () => unknown): number {
  const began = performance.now();
  f();
  return performance.now() - began;
}

/** A training step that can be made again and again. */
export interface Stepper {
  /** Gives the loss in nats, before the update. */
  step(): number;
  end(): void;
}
