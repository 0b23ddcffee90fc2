/** A small experiment on a random base: three variants that save all kinds of state, ready in a second. */
import path from 'node:path';
import { adalora } from '../../src/adapters/methods/adalora.ts';
import { full } from '../../src/adapters/methods/full.ts';
import { lora } from '../../src/adapters/methods/lora.ts';
import { smallWorldSentences } from '../../src/data/smallWorld/sentences.ts';
import { sums } from '../../src/data/smallWorld/sums.ts';
import { huggingFace } from '../../src/experiment/base.ts';
import type { ExperimentOptions } from '../../src/experiment/define.ts';

const retain = smallWorldSentences({ train: 0, validation: 4, test: 4 });
// Facts and minimal pairs take longer than all the rest here.
const sentences: typeof retain = { ...retain, cloze: () => [], minimalPairs: () => [] };

/** The base lies in `<folder>/base` (tinyBase.ts). */
export const tinyOptions = (folder: string, steps = 12): ExperimentOptions => ({
  question: 'Does it run?',
  base: huggingFace(path.join(folder, 'base')),
  learn: sums({ digits: 1, train: 20, validation: 4, test: 4 }),
  retain: sentences,
  adapt: ['q_proj', 'v_proj'],
  variants: {
    LoRA: lora({ rank: 2, dropout: 0.1 }),
    AdaLoRA: adalora({ rank: 3, target: 2, every: 2 }),
    full: { recipe: full(), adapt: 'all', learningRates: [1e-3] },
  },
  train: { steps, batch: 4, accumulation: 2, learningRates: [1e-3, 1e-2] },
  seeds: 2,
  extend: 0,
  quick: { train: { steps: 4 }, seeds: 1 },
});
