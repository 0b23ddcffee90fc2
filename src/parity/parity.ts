/** Runs reference cases, one after the other, and says how far each is from its reference. */
import { messageOf, Unsupported } from '../errors.ts';
import { type CaseResult, judged } from './caseResult.ts';
import { withEngineTolerance } from './engineTolerance.ts';
import { type FoundCase, findCases } from './findCases.ts';
import type { CheckRequest } from './kind.ts';
import { kinds } from './kinds.ts';
import { chosenCases } from './onlyKinds.ts';

export interface ParityReport {
  readonly engine: string;
  readonly cases: readonly CaseResult[];
  readonly passed: number;
  readonly failed: number;
  readonly declined: number;
}

/** Who wants to hear of the cases as they are checked; `index` from 0. */
export interface ParityListener {
  readonly onStart?: (found: FoundCase, index: number, of: number) => void;
  readonly onCase?: (result: CaseResult, index: number, of: number) => void;
}

/**
 * Checks every case in or below the folders. `only`: model types (of a model or a run's base) or quantization formats, matched exactly;
 * all of them when null. `exportTo`: where what a run has trained is written, below its name (exportAdapter.ts). A case that cannot be
 * read fails and does not stop the others.
 */
export function parity(
  folders: readonly string[],
  engine: string,
  { only = null, exportTo = null }: Partial<CheckRequest> = {},
  { onStart, onCase }: ParityListener = {},
): ParityReport {
  const chosen = chosenCases(findCases(...folders), only);
  const cases = chosen.map((found, index) => {
    onStart?.(found, index, chosen.length);
    const result = checked(found, engine, { only, exportTo });
    onCase?.(result, index, chosen.length);
    return result;
  });
  const count = (status: CaseResult['status']): number => cases.filter((c) => c.status === status).length;
  return { engine, cases, passed: count('passed'), failed: count('failed'), declined: count('declined') };
}

function checked({ kind, name, path }: FoundCase, engine: string, request: CheckRequest): CaseResult {
  const started = performance.now();
  const done = (status: CaseResult['status'], deviations: CaseResult['deviations'], reason?: string): CaseResult => {
    const seconds = Math.round(performance.now() - started) / 1000;
    return { name, kind, status, deviations, seconds, ...(reason && { reason }) };
  };
  try {
    const { deviations: found, remark } = kinds[kind].check(path, request);
    const deviations = withEngineTolerance(found, engine);
    const status = judged(deviations);
    return done(status, deviations, status === 'failed' ? (remark ?? '') : '');
  } catch (error) {
    const reason = messageOf(error).replaceAll(/\s*\n\s*/g, ' ');
    if (error instanceof Unsupported) return done('declined', {}, reason);
    return done('failed', {}, reason.includes(path) ? reason : `${path}: ${reason}`);
  }
}
