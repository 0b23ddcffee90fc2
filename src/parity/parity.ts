/** Runs reference cases, one after the other, and says how far each is from its reference. */
import { RequestError } from '../errors.ts';
import { Unsupported } from '../adapters/files/unsupported.ts';
import { type CaseResult, type Deviation, judged } from './caseResult.ts';
import { type FoundCase, findCases } from './findCases.ts';
import { compareQuantization, formatsOf } from './quantizationCase.ts';
import { replayRun, runModelTypes } from './replayRun.ts';

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
 * each result as it comes.
 */
export function parity(
  folders: readonly string[],
  engine: string,
  only: readonly string[] | null,
  onCase: (result: CaseResult, index: number, of: number) => void = () => {},
): ParityReport {
  const chosen = folders
    .flatMap(findCases)
    .filter((found) => !only || kindsOf(found).some((kind) => only.includes(kind)));
  if (chosen.length === 0)
    throw new RequestError(`no case is of ${only?.join(', ')}; --only takes a model_type or a format, matched exactly`);
  const cases = chosen.map((found, index) => {
    const result = checked(found, only);
    onCase(result, index, chosen.length);
    return result;
  });
  const count = (status: CaseResult['status']): number => cases.filter((c) => c.status === status).length;
  return { engine, cases, passed: count('passed'), failed: count('failed'), declined: count('declined') };
}

function kindsOf({ kind, path }: FoundCase): string[] {
  return kind === 'run' ? runModelTypes(path) : formatsOf(path);
}

function checked({ kind, name, path }: FoundCase, only: readonly string[] | null): CaseResult {
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
    const deviations: { readonly [what: string]: Deviation } =
      kind === 'run' ? replayRun(path).deviations : compareQuantization(path, formatsToCheck(path, only));
    return done({ status: judged(deviations), deviations });
  } catch (error) {
    const { message } = error as Error;
    if (error instanceof Unsupported) return done({ status: 'declined', deviations: {}, reason: message });
    return done({ status: 'failed', deviations: {}, reason: message });
  }
}

function formatsToCheck(file: string, only: readonly string[] | null): string[] {
  const wanted = formatsOf(file).filter((format) => !only || only.includes(format));
  const known = wanted.filter((format) => formats.includes(format));
  if (known.length === 0) throw new Unsupported(`format ${wanted.join(', ')}`);
  return known;
}
