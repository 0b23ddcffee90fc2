/**
 * How far a number of a record may be off where it is computed again with another rounding (another engine, processor, number of threads).
 *
 * Measured on the embedded base and programs of three lines: LoRA, LoRA+, DoRA, AdaLoRA, QLoRA and full fine-tuning, 150 steps, recorded on
 * the native engine with its kernels and repeated without them and on WebAssembly. Runs at a rate near their best stay together, runs at
 * ten times that rate do not (sensitivity.ts). Of those that do, the largest deviation, as a share of the number:
 *
 *   scores of the base       1.2e-7    allowed 1e-5
 *   losses and penalties     3.6e-5    allowed 1e-3
 *   norms of gradients       5.3e-4    allowed 1e-2
 *   other scores             0         allowed 0.02, and 0.02 of the number: some of the items that are told right from wrong
 *   ranks, numbers in use    0         allowed 1, and 1e-2 of the number
 *
 * Everything else (what was asked for, steps, rates of the schedule, sizes) must be the same.
 */
interface Kind {
  readonly fields: RegExp;
  readonly absolute: number;
  /** Share of the larger of the two numbers. */
  readonly relative: number;
}

/** The first that fits. */
const kinds: readonly Kind[] = [
  { fields: /^before\.[^.]+\.[^.]+\.lossNats$/, absolute: 1e-6, relative: 1e-5 },
  { fields: /^(history|evaluations|final)\.(.*\.)?(lossNats|penalty)$/, absolute: 1e-6, relative: 1e-3 },
  // A difference of logarithms: off by the rounding of losses, however small it is itself.
  { fields: /\.klToBase$/, absolute: 1e-5, relative: 1e-3 },
  {
    fields: /^(gradientsAtStart|history\.gradientNormByRole)\.|^history\.gradientNorm$/,
    absolute: 1e-6,
    relative: 1e-2,
  },
  { fields: /^(before|final|evaluations)\.(learn|retain|observe)\./, absolute: 0.02, relative: 0.02 },
  { fields: /^ranks\.active$|^derived\.trainableParametersAtEnd$/, absolute: 1, relative: 1e-2 },
];

/** `history.lossNats[3]` as `history.lossNats`. */
export const fieldOf = (path: string): string => path.replace(/\[\d+\]/g, '');

/** For two numbers at a path such as `final.learn.test.lossNats`; 0 where they must be the same. */
export function toleranceAt(path: string, there: number, here: number): number {
  const field = fieldOf(path);
  const kind = kinds.find(({ fields }) => fields.test(field));
  return kind === undefined ? 0 : kind.absolute + kind.relative * Math.max(Math.abs(there), Math.abs(here));
}
