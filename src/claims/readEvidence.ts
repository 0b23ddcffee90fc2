/** What lies in a folder of results, for claims to be weighed by. */
import { existsSync, readFileSync } from 'node:fs';
import path from 'node:path';
import { type BenchRecord, benchRecord } from '../bench/record.ts';
import { RequestError } from '../errors.ts';
import type { MemoryFigures } from '../report/claims/memoryFigures.ts';
import type { ReportedExperiment } from '../report/main/experiments.ts';
import { firstIssue } from '../results/parse.ts';
import type { Evidence, WeighedExperiment } from './evidence.ts';

/** `folder`: that of the main report; `experiments`: those in it, as they were read. A broken file is a RequestError. */
export function readEvidence(
  folder: string,
  experiments: readonly ReportedExperiment[],
  memory: MemoryFigures | null,
): Evidence {
  return {
    experiments: experiments.map(({ folder: name, content: { summary, records, analysis } }): WeighedExperiment => ({
      folder: name,
      summary,
      records,
      analysis,
    })),
    bench: readBench(path.join(folder, 'bench', 'bench.json')),
    memory,
  };
}

function readBench(file: string): BenchRecord | null {
  if (!existsSync(file)) return null;
  const wrong = (what: string): RequestError =>
    new RequestError(`${file}: ${what}; measure again with \`npx adapterlab bench\`, or move it away`);
  let content: unknown;
  try {
    content = JSON.parse(readFileSync(file, 'utf8'));
  } catch (error) {
    throw wrong(`not JSON, cut off or edited (${(error as Error).message})`);
  }
  const { data, error } = benchRecord.safeParse(content);
  if (error) throw wrong(firstIssue(error));
  return data;
}
