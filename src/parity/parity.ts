/** Runs reference cases, one after the other, and says how far each is from its reference. */
import { Unsupported } from '../errors.ts';
import { type CaseResult, judged } from './caseResult.ts';
import { type FoundCase, findCases } from './findCases.ts';
import { compareQuantization, formatsOf } from './quantizationCase.ts';
import { chosenCases } from './onlyKinds.ts';
import { type Replayed, replayRun } from './replayRun.ts';

export interface ParityReport {
  readonly engine: string;
  readonly cases: readonly CaseResult[];
  readonly passed: number;
  readonly failed: number;
  readonly declined: number;
}

/** Formats that this version can check. */
const formats = ['nf4'];

/**
 * `only`: model types (of a case or its base) or quantization formats, matched exactly; all of them when absent. `onCase` hears of
 * each result as it comes. `exportTo`: where each run's final adapter is written, below its name (exportAdapter.ts).
 */
export function parity(
  folders: readonly string[],
  engine: string,
  only: readonly string[] | null,
  onCase: (result: CaseResult, index: number, of: number) => void = () => {},
  exportTo: string | null = null,
): ParityReport {
  const chosen = chosenCases(folders.flatMap(findCases), only);
  const cases = chosen.map((found, index) => {
    const result = checked(found, only, exportTo);
    onCase(result, index, chosen.length);
    return result;
  });
  const count = (status: CaseResult['status']): number => cases.filter((c) => c.status === status).length;
  return { engine, cases, passed: count('passed'), failed: count('failed'), declined: count('declined') };
}

function checked({ kind, name, path }: FoundCase, only: readonly string[] | null, exportTo: string | null): CaseResult {
  const started = performance.now();
  const done = (rest: Pick<CaseResult, 'status' | 'deviations' | 'reason'>): CaseResult => {
    const seconds = Math.round(performance.now() - started) / 1000;
    return {
      name,
      kind,
      status: rest.status,
      deviations: rest.deviations,
      seconds,
      ...(rest.reason && { reason: rest.reason }),
    };
  };
  try {
    const { deviations, remark }: Replayed =
      kind === 'run'
        ? replayRun(path, exportTo)
        : { deviations: compareQuantization(path, formatsToCheck(path, only)) };
    const status = judged(deviations);
    return done({ status, deviations, ...(status === 'failed' && remark && { reason: remark }) });
  } catch (error) {
    const reason = (error as Error).message.replaceAll(/\s*\n\s*/g, ' ');
    return done({ status: error instanceof Unsupported ? 'declined' : 'failed', deviations: {}, reason });
  }
}

function formatsToCheck(file: string, only: readonly string[] | null): string[] {
  const wanted = formatsOf(file).filter((format) => !only || only.includes(format));
  const known = wanted.filter((format) => formats.includes(format));
  if (known.length === 0)
    throw new Unsupported(`the format ${wanted.join(', ')} is not there yet; there is ${formats.join(', ')}`);
  return known;
}
