/** What PEFT's print_trainable_parameters would print (peft_model.py). */
import { numbersIn } from '../adapters/outline.ts';
import type { Outline } from '../adapters/types.ts';
import type { Outlined } from './inspectedSite.ts';

/** "all" are the numbers of the base and those that PEFT keeps beside them as parameters. */
export function peftLine(base: number, trainable: number, places: readonly Outlined[]): string {
  const all = places.flatMap(({ outlines }) => outlines).reduce((n, outline) => n + besides(outline), base);
  const count = (n: number): string => n.toLocaleString('en-US');
  const percent = ((100 * trainable) / all).toFixed(4);
  return `trainable params: ${count(trainable)} || all params: ${count(all)} || trainable%: ${percent}`;
}

/**
 * What trains beside the base; LoRA-FA's A, which does not; and of a form like a singular value decomposition one number more, the
 * initial rank. A start that is taken away from the kernel PEFT takes away in place.
 */
function besides({ trained, frozen, replaces }: Outline): number {
  const fixed = Object.entries(frozen).filter(([role]) => role === 'down' && !(role in trained));
  const rank = 'singular' in trained ? 1 : 0;
  return (replaces ? 0 : numbersIn(trained)) + numbersIn(Object.fromEntries(fixed)) + rank;
}
