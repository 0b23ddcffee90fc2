import type { Model } from '../train/model.ts';
import type { RecordedRun } from './runCase.ts';

/**
 * The recorded logits that our merge should come to: those of PEFT's merge, but of the trained model where PEFT's merge is another.
 * That is so where the adapted embedding is tied to the head, which PEFT's merge changes along, and where saving lost something
 * (values of AdaLoRA that had revived since the last mask). Of a 4-bit base, the merge that was not rounded to 4 bits again.
 * Undefined where no merge was recorded.
 */
export function mergedReference(
  { base, adapters }: Pick<Model, 'base' | 'adapters'>,
  { run, expected }: RecordedRun,
  has: (key: string) => boolean,
): string | undefined {
  const { tied, names } = base.architecture;
  const isShared = tied && adapters.some(({ site }) => site.name === names.embedding);
  const isLost = (expected.reloadMaxAbsDiff ?? 0) > run.tolerance.logitsFinal;
  if (isShared || isLost) return 'logits_final';
  return ['logits_merged_dequantised', 'logits_merged'].find(has);
}
