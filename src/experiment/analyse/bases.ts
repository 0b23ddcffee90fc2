/** The bases of runs that were done, found again by the hashes in their records. */
import { RequestError } from '../../errors.ts';
import type { Checkpoint } from '../../checkpoint/folder.ts';
import type { FinishedRun } from '../../results/record.ts';
import { type BaseSource, smallWorld, widths } from '../base.ts';

export interface OpenBases {
  /** Of a run; Error for a run that was not asked about. */
  checkpointOf(run: FinishedRun): Checkpoint;
  close(): void;
}

interface PlannedBase {
  readonly type: string;
  readonly name: string;
  readonly hash: string;
}

const plannedBase = ({ plan }: FinishedRun): PlannedBase => plan.base as unknown as PlannedBase;

/** Throws a RequestError for a base that is not among those given, which may be more than the runs have. */
export function openBases(runs: readonly FinishedRun[], given: readonly BaseSource[]): OpenBases {
  const wanted = new Map(runs.map((run) => [plannedBase(run).hash, plannedBase(run)]));
  const { type: embedded } = smallWorld().spec;
  const names = new Set([...wanted.values()].flatMap(({ type, name }) => (type === embedded ? [name] : [])));
  const own = widths.map((width) => smallWorld({ width })).filter(({ spec }) => names.has(String(spec.name)));
  const found = new Map<string, Checkpoint>();
  const others: PlannedBase[] = [];
  const close = (): void => found.forEach((checkpoint) => checkpoint.close());
  try {
    for (const source of [...own, ...given]) {
      const { checkpoint } = source.open();
      const hash = checkpoint.hash();
      if (wanted.has(hash) && !found.has(hash)) found.set(hash, checkpoint);
      else checkpoint.close();
      if (!wanted.has(hash) && !own.includes(source)) others.push({ ...source.spec, hash });
    }
    const missing = [...wanted.values()].find(({ hash }) => !found.has(hash));
    const instead = others.length === 0 ? '' : `; ${others.map(shown).join(' and ')} is another`;
    if (missing)
      throw new RequestError(
        missing.type === embedded
          ? `the runs had another version of the embedded base (${missing.hash.slice(0, 8)}) than this package has: analyse them with the version that ran them`
          : `the runs had the base ${shown(missing)}: say where it lies (--base <folder>)${instead}`,
      );
  } catch (error) {
    close();
    throw error;
  }
  return {
    checkpointOf(run) {
      const checkpoint = found.get(plannedBase(run).hash);
      if (!checkpoint) throw new Error(`no base for run ${run.plan.hash}`);
      return checkpoint;
    },
    close,
  };
}

const shown = ({ name, hash }: PlannedBase): string => `${name} (${hash.slice(0, 8)})`;
