/** Grids that extend themselves, on made-up losses: a valley whose lowest point may lie outside the grid. */
import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { afterAll, beforeEach, describe, expect, it } from 'vitest';
import { lora } from '../../src/adapters/methods/lora.ts';
import { defineExperiment, type ExperimentOptions } from '../../src/experiment/define.ts';
import { type Group, groupsOf } from '../../src/experiment/groups.ts';
import { isComplete, isMissing, prepareExperiment, type Prepared } from '../../src/experiment/prepare.ts';
import type { FinishedRun, RunRecord } from '../../src/results/record.ts';
import type { RunPlan } from '../../src/results/record/plan.ts';
import { summarize } from '../../src/results/summary.ts';
import { synthetic } from '../results/synthetic.ts';
import { writeTinyBase } from './tinyBase.ts';
import { tinyOptions } from './tinyOptions.ts';

const made = mkdtempSync(path.join(tmpdir(), 'growing-'));
writeTinyBase(path.join(made, 'base'));
afterAll(() => rmSync(made, { recursive: true }));
const results = path.join(made, 'results');
beforeEach(() => rmSync(results, { recursive: true, force: true }));

const template = synthetic({ seeds: 1 }).records[0] as FinishedRun;

/** Where the valley of a variant is lowest, its width, and from where on runs diverge. */
interface Valley {
  readonly best?: number;
  readonly flat?: boolean;
  readonly divergesFrom?: number;
}

function recordOf(plan: RunPlan, { best = 1e-2, flat = false, divergesFrom = Infinity }: Valley): RunRecord {
  const lossNats = flat ? 2.5 : 1 + Math.log10(plan.learningRate / best) ** 2 + 0.01 * plan.seed;
  const { final } = template;
  const learn = { ...final.learn, validation: { lossNats } };
  const record = { ...template, plan: { ...template.plan, ...plan }, final: { ...final, learn } };
  if (plan.learningRate < divergesFrom) return record;
  return { ...record, status: 'diverged', error: 'made up', final: null };
}

interface Setting {
  readonly options?: Partial<ExperimentOptions>;
  readonly valleys?: { readonly [variant: string]: Valley };
  readonly only?: string;
  /** Stops after so many groups. */
  readonly stopAfter?: number;
  /** The last group in the queue first. */
  readonly backwards?: boolean;
}

const grid = [1e-4, 1e-3];

/** As the runners do it, and the ids of the groups that were done. */
function work({ options, valleys = {}, only, stopAfter = Infinity, backwards = false }: Setting = {}): string[] {
  const experiment = defineExperiment({
    ...tinyOptions(made),
    variants: { a: lora({ rank: 2 }), b: lora({ rank: 1 }) },
    train: { steps: 4, batch: 4, learningRates: grid },
    extend: 3,
    ...options,
  });
  const prepared = prepareExperiment(experiment, { experiment: 'e', command: 'c', results, only: only ?? null });
  try {
    const queue = groupsOf(prepared.runs, 2).filter((group) => isMissing(prepared, group));
    const done: Group[] = [];
    while (queue.length > 0 && done.length < stopAfter) {
      const group = backwards ? queue.pop()! : queue.shift()!;
      for (const run of group.runs) prepared.store.write(recordOf(run, valleys[run.variant] ?? {}));
      done.push(group);
      const extension = prepared.extend(group.variant);
      if (extension) queue.push(...groupsOf(extension.runs, 2));
    }
    expect(isComplete(prepared)).toBe(stopAfter === Infinity);
    found = prepared;
    return done.map(({ id }) => id);
  } finally {
    prepared.release();
  }
}

/** What the last work left. */
let found: Prepared;
const ratesOf = (variant: string): [rate: number, round: number, seeds: number][] => {
  const runs = found.store.plan.runs.filter((run) => run.variant === variant);
  return [...new Set(runs.map(({ learningRate }) => learningRate))].map((rate) => {
    const here = runs.filter(({ learningRate }) => learningRate === rate);
    return [rate, here[0]!.round ?? 0, here.length];
  });
};
const planText = (): string => readFileSync(path.join(found.store.folder, 'plan.json'), 'utf8');
const bestOf = (variant: string): { learningRate: number; place: string } =>
  summarize(found.store.plan, found.store.read()).variants.find((row) => row.variant === variant)!.best!;

describe('a grid whose best rate lies beyond its edge', () => {
  it('grows until the best rate is inside, for all seeds, each variant by itself', () => {
    work({ valleys: { a: { best: 1e-1 }, b: { best: 1e-3 } } });
    expect(ratesOf('a')).toEqual([[1e-4, 0, 2], [1e-3, 0, 2], [0.01, 1, 2], [0.1, 2, 2], [1, 3, 2]]); // prettier-ignore
    expect(ratesOf('b')).toEqual([[1e-4, 0, 2], [1e-3, 0, 2], [0.01, 1, 2]]); // prettier-ignore
    expect(bestOf('a')).toMatchObject({ learningRate: 0.1, place: 'inside' });
    expect(found.store.read().map(({ plan }) => plan.round ?? 0)).toContain(3);
  });

  it('grows downwards, and not beyond three extensions', () => {
    work({ valleys: { a: { best: 1e-9 } } });
    expect(ratesOf('a').map(([rate]) => rate)).toEqual([1e-4, 1e-3, 1e-5, 1e-6, 1e-7]);
    expect(bestOf('a')).toMatchObject({ learningRate: 1e-7, place: 'lowest' });
    expect(work({ valleys: { a: { best: 1e-9 } } })).toEqual([]);
  });

  it('does not grow beside a rate that diverges, nor where all rates are as good, nor where it is not to', () => {
    work({ valleys: { a: { best: 1, divergesFrom: 0.01 }, b: { flat: true } } });
    expect(ratesOf('a').map(([rate]) => rate)).toEqual([1e-4, 1e-3, 0.01]);
    expect(ratesOf('b')).toHaveLength(2);
    rmSync(results, { recursive: true });
    work({ options: { extend: 0 } });
    expect(ratesOf('a')).toHaveLength(2);
  });

  it('leaves runs and groups of the grid as written as they were', () => {
    const plain = work({ options: { extend: 0 } });
    const before = found.store.read();
    rmSync(results, { recursive: true });
    const extended = work();
    expect(extended.slice(0, plain.length)).toEqual(plain);
    expect(found.store.read().filter(({ plan }) => plan.round === undefined)).toEqual(before);
  });

  it('grows in a folder that was complete without it', () => {
    const plain = work({ options: { extend: 0 } });
    const more = work();
    expect(more.some((id) => plain.includes(id))).toBe(false);
    const text = planText();
    rmSync(results, { recursive: true });
    expect(work()).toEqual([...plain, ...more]);
    expect(planText()).toBe(text);
  });
});

describe('work that is stopped', () => {
  it('goes on to the same plan and records, wherever it was and whatever was done first', () => {
    const valleys = { a: { best: 1e-1 }, b: { best: 1e-2 } };
    const all = work({ valleys });
    const text = planText();
    const records = found.store.read();
    for (let stopAfter = 0; stopAfter < all.length; stopAfter++)
      for (const backwards of [false, true]) {
        rmSync(results, { recursive: true });
        const first = work({ valleys, stopAfter, backwards });
        const rest = work({ valleys, backwards });
        expect([...first, ...rest].toSorted()).toEqual(all.toSorted());
        expect(planText()).toBe(text);
        expect(found.store.read()).toEqual(records);
      }
  });

  it('keeps a begun extension of one variant while another is worked at, and does its own with all seeds', () => {
    const valleys = { a: { best: 1e-2 }, b: { best: 1e-2 } };
    work({ valleys, stopAfter: 5 }); // the grids as written, and one seed of the first extension
    const begun = ratesOf('a');
    expect(begun.at(-1)).toEqual([0.01, 1, 2]);
    work({ valleys, only: 'b' });
    expect(ratesOf('a')).toEqual(begun);
    expect(ratesOf('b')).toEqual([[1e-4, 0, 2], [1e-3, 0, 2], [0.01, 1, 2], [0.1, 2, 2]]); // prettier-ignore
    work({ valleys });
    expect(ratesOf('a')).toEqual(ratesOf('b'));
  });

  it('has the rates of extensions run with seeds that are added later', () => {
    work();
    work({ options: { seeds: 3 } });
    expect(ratesOf('a').map(([, , seeds]) => seeds)).toEqual([3, 3, 3, 3]);
    work({ options: { seeds: 1 } });
    expect(ratesOf('a').map(([, , seeds]) => seeds)).toEqual([3, 3, 3, 3]);
  });
});
