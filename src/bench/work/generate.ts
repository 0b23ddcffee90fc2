/** Greedy decoding of a random network. */
import { generate } from '../../train/generate.ts';
import type { GenerateJob } from '../job.ts';
import { plainModel, randomTokens } from './randomModel.ts';
import { timed, type Work } from './work.ts';

export function generateWork({ shape, promptTokens, newTokens }: GenerateJob): Work {
  const { model, end } = plainModel(shape);
  const prompt = [...randomTokens(shape.vocabulary, promptTokens)];
  return {
    counts: {},
    repeat: () =>
      timed(() => {
        const made = generate(model, prompt, { maxTokens: newTokens, stop: null });
        if (made.length !== newTokens) throw new Error(`${made.length} tokens were made, not ${newTokens}`);
      }),
    end,
  };
}
