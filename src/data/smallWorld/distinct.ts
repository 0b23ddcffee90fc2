import { RequestError } from '../../errors.ts';
import type { Stream } from '../../tensor/random.ts';
import { splits, type Example, type Split } from '../task.ts';

export type SplitSizes = Readonly<Record<Split, number>>;

/** A draw that was seen before this often in a row means that (nearly) all there is has been drawn. */
const patience = 1000;

/**
 * Draws examples with no prompt twice. `formOf` gives the same text for prompts that ask the same in other words; those of test and
 * validation are there once, and in training not at all, so what is tested was never trained. The test examples are drawn first and
 * training's last: more training data leaves the others as they are. Throws a RequestError if there are not so many different ones.
 */
export function distinctExamples(
  task: string,
  sizes: SplitSizes,
  random: Stream,
  { draw, formOf }: { draw: (random: Stream) => Example; formOf: (prompt: string) => string },
): Record<Split, Example[]> {
  for (const split of splits) {
    if (!Number.isInteger(sizes[split]) || sizes[split] < 0) {
      throw new RequestError(`${task}: ${split} must be a whole number of examples, not ${sizes[split]}.`);
    }
  }
  const seen = new Set<string>();
  const tested = new Set<string>();
  const next = (split: Split): Example => {
    for (let tries = 0; tries < patience; tries++) {
      const example = draw(random);
      const form = formOf(example.prompt);
      if (seen.has(example.prompt) || tested.has(form)) continue;
      seen.add(example.prompt);
      if (split !== 'train') tested.add(form);
      return example;
    }
    const asked = splits.reduce((sum, split) => sum + sizes[split], 0);
    throw new RequestError(
      `${task}: found only ${seen.size} different examples with these options, but train, validation and test ask for ${asked}. Ask for fewer.`,
    );
  };
  const take = (split: Split): Example[] => Array.from({ length: sizes[split] }, () => next(split));
  const test = take('test');
  const validation = take('validation');
  return { test, validation, train: take('train') };
}
