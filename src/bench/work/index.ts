/** The work of a job. */
import type { Job } from '../job.ts';
import { stepWork } from './step.ts';
import type { Work } from './work.ts';

export function workOf(job: Job): Work {
  switch (job.work) {
    case 'nothing':
      return { counts: {}, repeat: () => 0, end() {} };
    case 'step':
      return stepWork(job);
  }
}
