/** The sweep that is timed: LoRA at three learning rates with eight seeds, and as little evaluation as there can be. */
import { lora } from '../../adapters/methods/lora.ts';
import { sharedFolder } from '../../data/shared.ts';
import { defineTask, type Example, type Task } from '../../data/task.ts';
import { huggingFace } from '../../experiment/base.ts';
import { defineExperiment, type Experiment } from '../../experiment/define.ts';
import { stream } from '../../tensor/random.ts';
import { quickSweep, sweep } from '../rows/sweepSize.ts';

const words = 'the a big small red dog cat bird tree house ran saw and then was happy to play with her friend'.split(
  ' ',
);

/** Longer than a sequence, so that each is cut to exactly that. */
const text = (split: string, index: number): Example => {
  const random = stream(0, split, index);
  return { prompt: '', completion: Array.from({ length: 200 }, () => words[random.integer(words.length)]).join(' ') };
};
const texts = (split: string, count: number): Example[] => Array.from({ length: count }, (_, i) => text(split, i));

const task: Task = defineTask({ name: 'random words', spec: { type: 'benchWords' }, metrics: ['lossNats'] }, () => ({
  splits: { train: texts('train', 64), validation: texts('validation', 1), test: texts('test', 1) },
  cloze: [],
  minimalPairs: [],
}));

const { steps, batch, sequence, seeds, learningRates } = sweep;

const experiment: Experiment = defineExperiment({
  question: 'How long does this take?',
  base: huggingFace(sharedFolder('models', 'stories260K-hf')),
  learn: task,
  retain: task,
  adapt: ['q_proj', 'v_proj'],
  variants: { LoRA: lora({ rank: 8, alpha: 16 }) },
  train: { steps, batch, learningRates, maxLength: sequence, evaluateEvery: steps },
  seeds,
  extend: 0, // the same work every time
  quick: { seeds: quickSweep.seeds, train: { steps: quickSweep.steps, evaluateEvery: quickSweep.steps } },
});

export default experiment;
