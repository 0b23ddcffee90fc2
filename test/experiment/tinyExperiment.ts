/** The small experiment as a file that the command line runs. */
import { defineExperiment, type Experiment } from '../../src/experiment/define.ts';
import { tinyOptions } from './tinyOptions.ts';

const experiment: Experiment = defineExperiment({
  ...tinyOptions(process.env.TINY_FOLDER!, Number(process.env.TINY_STEPS ?? 12)),
  extend: Number(process.env.TINY_EXTEND ?? 0),
});

export default experiment;
