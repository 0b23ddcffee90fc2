/** A small experiment on a random base, run from its file by tests of the command line. */
import path from 'node:path';
import { adalora } from '../../src/adapters/methods/adalora.ts';
import { full } from '../../src/adapters/methods/full.ts';
import { lora } from '../../src/adapters/methods/lora.ts';
import { smallWorldSentences } from '../../src/data/smallWorld/sentences.ts';
import { sums } from '../../src/data/smallWorld/sums.ts';
import { huggingFace } from '../../src/experiment/base.ts';
import { defineExperiment, type Experiment } from '../../src/experiment/define.ts';

const retain = smallWorldSentences({ train: 0, validation: 4, test: 4 });
// Facts and minimal pairs take longer than all the rest here.
const sentences: typeof retain = { ...retain, cloze: () => [], minimalPairs: () => [] };

export default defineExperiment({
  question: 'Does it run?',
  base: huggingFace(path.join(process.env.TINY_FOLDER!, 'base')),
  learn: sums({ digits: 1, train: 20, validation: 4, test: 4 }),
  retain: sentences,
  adapt: ['q_proj', 'v_proj'],
  variants: {
    LoRA: lora({ rank: 2, dropout: 0.1 }),
    AdaLoRA: adalora({ rank: 3, target: 2, every: 2 }),
    full: { recipe: full(), adapt: 'all', learningRates: [1e-3] },
  },
  train: { steps: Number(process.env.TINY_STEPS ?? 12), batch: 4, accumulation: 2, learningRates: [1e-3, 1e-2] },
  seeds: 2,
  quick: { train: { steps: 4 }, seeds: 1 },
}) satisfies Experiment;
