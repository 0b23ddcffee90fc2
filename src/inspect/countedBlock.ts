/**
 * A block by the numbers that its forward pass keeps for backward, and what comes of blocks put together: when something is kept
 * follows the same rules as in src/blocks (chain.ts, linear.ts, sum.ts), which a test holds against each other.
 */

/** n tokens in s sequences of L positions keep   n (perToken + perPosition · L) + s · perSequence   numbers. */
export interface ActivationNumbers {
  readonly perToken: number;
  readonly perPosition: number;
  readonly perSequence: number;
}

export interface Counted {
  /** Something in it trains. */
  readonly trains: boolean;
  /** `saves`: a backward pass will come through it; `wantsInput`: and go on below it. */
  kept(saves: boolean, wantsInput: boolean): ActivationNumbers;
}

/** What keeps the same whenever it keeps anything. */
export function counted(trains: boolean, numbers: Partial<ActivationNumbers>): Counted {
  return { trains, kept: (saves) => (saves ? { ...nothing, ...numbers } : nothing) };
}

export const nothing: ActivationNumbers = { perToken: 0, perPosition: 0, perSequence: 0 };

/** One after the other. Nothing is kept below the lowest that trains, unless something further below does. */
export function inChain(blocks: readonly Counted[]): Counted {
  const lowest = blocks.findIndex(({ trains }) => trains);
  return {
    trains: lowest >= 0,
    kept: (saves, wantsInput) =>
      totalOf(
        blocks.map((block, i) =>
          block.kept(saves && (wantsInput || (lowest >= 0 && i >= lowest)), wantsInput || i > lowest),
        ),
      ),
  };
}

/** Beside each other, on the same input or each on its own. */
export function beside(blocks: readonly Counted[]): Counted {
  return {
    trains: blocks.some(({ trains }) => trains),
    kept: (saves, wantsInput) =>
      totalOf(blocks.map((block) => block.kept(saves && (block.trains || wantsInput), wantsInput))),
  };
}

export function totalOf(all: readonly ActivationNumbers[]): ActivationNumbers {
  const sum = (of: (numbers: ActivationNumbers) => number): number => all.reduce((n, one) => n + of(one), 0);
  return {
    perToken: sum(({ perToken }) => perToken),
    perPosition: sum(({ perPosition }) => perPosition),
    perSequence: sum(({ perSequence }) => perSequence),
  };
}
