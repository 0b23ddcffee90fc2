/** A process that does our part of a measurement: reads requests from standard input, answers on standard output (protocol.ts). */
import { createInterface } from 'node:readline';
import { pathToFileURL } from 'node:url';
import { messageOf } from '../errors.ts';
import { environmentOf } from '../experiment/environment.ts';
import { startEngine } from '../tensor/engine.ts';
import type { FromWorker, ToWorker } from './protocol.ts';
import { workOf } from './work/index.ts';
import type { Work } from './work/work.ts';

async function serve(): Promise<void> {
  let work: Work | null = null;
  for await (const line of createInterface({ input: process.stdin })) {
    const answered = await answer(JSON.parse(line) as ToWorker).catch((error: unknown): FromWorker => ({
      type: 'failed',
      message: messageOf(error),
    }));
    process.stdout.write(`${JSON.stringify(answered)}\n`);
  }

  async function answer(request: ToWorker): Promise<FromWorker> {
    if (request.type === 'job') {
      const { job } = request;
      const engine = await startEngine({ engine: job.engine, threads: job.threads });
      const residentBytes = process.memoryUsage.rss();
      work = workOf(job);
      await repeated(work, job.warmup);
      return { type: 'ready', environment: environmentOf(engine), residentBytes, counts: work.counts };
    }
    if (!work) throw new Error(`asked to ${request.type} before there was a job`);
    if (request.type === 'measure') return { type: 'measured', milliseconds: await repeated(work, request.repeats) };
    work.end();
    return { type: 'ended', peakBytes: 1024 * process.resourceUsage().maxRSS };
  }
}

async function repeated(work: Work, times: number): Promise<number[]> {
  const milliseconds: number[] = [];
  while (milliseconds.length < times) milliseconds.push(await work.repeat());
  return milliseconds;
}

if (process.argv[1] && import.meta.url === pathToFileURL(process.argv[1]).href) void serve();
