/** The work of a job. */
import type { Job } from '../job.ts';
import { generateWork } from './generate.ts';
import { loadWork } from './load.ts';
import { mergeWork } from './merge.ts';
import { productWork } from './product.ts';
import { quantizeWork } from './quantize.ts';
import { stepWork } from './step.ts';
import { sweepWork } from './sweep.ts';
import type { Work } from './work.ts';

const works: { readonly [work in Job['work']]: (job: Extract<Job, { work: work }>) => Work } = {
  nothing: () => ({ counts: {}, repeat: () => 0, end() {} }),
  product: productWork,
  step: stepWork,
  sweep: sweepWork,
  load: loadWork,
  merge: mergeWork,
  quantize: quantizeWork,
  generate: generateWork,
};

export const workOf = (job: Job): Work => (works[job.work] as (job: Job) => Work)(job);
