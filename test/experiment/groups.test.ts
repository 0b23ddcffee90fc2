import { describe, expect, it } from 'vitest';
import { groupsOf } from '../../src/experiment/groups.ts';
import type { Run } from '../../src/experiment/plan.ts';

/** Runs in plan order: by variant, rate and seed. */
function runs(variants: readonly string[], rates: readonly number[], seeds: readonly number[]): Run[] {
  return variants.flatMap((variant) =>
    rates.flatMap((learningRate) =>
      seeds.map(
        (seed) => ({ variant, learningRate, seed, hash: `${variant} ${learningRate} ${seed}`, train: {} }) as Run,
      ),
    ),
  );
}

const shape = (groups: ReturnType<typeof groupsOf>): string[] =>
  groups.map((group) =>
    group.runs.map(({ variant, seed, learningRate }) => `${variant}${seed}@${learningRate}`).join(' '),
  );

describe('groups', () => {
  it('hold one variant and one seed at all its rates', () => {
    expect(shape(groupsOf(runs(['a', 'b'], [1, 2, 3], [0, 1]), 16))).toEqual([
      'a0@1 a0@2 a0@3',
      'a1@1 a1@2 a1@3',
      'b0@1 b0@2 b0@3',
      'b1@1 b1@2 b1@3',
    ]);
  });

  it('hold several seeds where the rates are few', () => {
    expect(shape(groupsOf(runs(['a'], [1], [0, 1, 2, 3, 4]), 2))).toEqual(['a0@1 a1@1', 'a2@1 a3@1', 'a4@1']);
    expect(shape(groupsOf(runs(['a'], [1], [0, 1, 2]), 2))).toEqual(['a0@1 a1@1', 'a2@1']);
  });

  it('are two of a variant at least, where it has the seeds, so that two processes have work', () => {
    const sizes = (rates: number, seeds: number): number[] => {
      const list = (count: number): number[] => Array.from({ length: count }, (_, i) => i);
      return groupsOf(runs(['a'], list(rates), list(seeds)), 16).map((group) => group.runs.length);
    };
    expect(sizes(4, 8)).toEqual([16, 16]);
    expect(sizes(3, 8)).toEqual([12, 12]);
    expect(sizes(1, 5)).toEqual([3, 2]);
    expect(sizes(1, 2)).toEqual([1, 1]);
    expect(sizes(2, 1)).toEqual([2]);
    expect(sizes(1, 40)).toEqual([16, 16, 8]);
  });

  it('are never larger than the engine likes, and of about one size', () => {
    const sizes = groupsOf(runs(['a'], [1, 2, 3, 4, 5, 6], [0]), 4).map((group) => group.runs.length);
    expect(sizes).toEqual([3, 3]);
    expect(groupsOf(runs(['a'], [1, 2], [0, 1]), 1).map((group) => group.runs.length)).toEqual([1, 1, 1, 1]);
  });

  it('are their own where a grid was extended, after those of the grid as written, which stay as they are', () => {
    const round = (learningRate: number, number: number): Run[] =>
      runs(['a'], [learningRate], [0, 1, 2, 3]).map((run) => ({ ...run, round: number }));
    const written = runs(['a', 'b'], [1, 2], [0, 1, 2, 3]);
    const groups = groupsOf([...written, ...round(4, 2), ...round(3, 1)], 16);
    const before = groupsOf(written, 16);
    expect(groups.slice(0, before.length)).toEqual(before);
    expect(shape(groups.slice(before.length))).toEqual(['a0@3 a1@3', 'a2@3 a3@3', 'a0@4 a1@4', 'a2@4 a3@4']);
    expect(groups.map((group) => group.round)).toEqual([0, 0, 0, 0, 1, 1, 2, 2]);
  });

  it('say of each run which lane it is', () => {
    const [group] = groupsOf(runs(['a'], [1, 2, 3], [0]), 16);
    expect(group!.runs.map((run) => run.group)).toEqual([0, 1, 2].map((lane) => ({ id: group!.id, lanes: 3, lane })));
    expect(group!.id).toMatch(/^a-0-[0-9a-f]{8}$/);
  });

  it('stay as they are when variants are added', () => {
    const before = groupsOf(runs(['a', 'b'], [1, 2, 3], [0, 1, 2]), 16);
    const after = groupsOf(runs(['a', 'b', 'c'], [1, 2, 3], [0, 1, 2]), 16);
    expect(after.filter(({ variant }) => variant !== 'c')).toEqual(before);
  });

  it.each([
    [2, 3],
    [3, 5],
    [5, 8],
    [8, 20],
  ])('have, when %i seeds become %i, finished runs beside new ones in one group at most', (few, many) => {
    const seeds = (count: number): number[] => Array.from({ length: count }, (_, seed) => seed);
    const done = new Set(runs(['a'], [1, 2], seeds(few)).map(({ hash }) => hash));
    const mixed = groupsOf(runs(['a'], [1, 2], seeds(many)), 16).filter((group) => {
      const finished = group.runs.filter(({ hash }) => done.has(hash)).length;
      return finished > 0 && finished < group.runs.length;
    });
    expect(mixed.length).toBeLessThanOrEqual(1);
  });

  it('have another name when their company is another', () => {
    const [three] = groupsOf(runs(['a'], [1, 2, 3], [0]), 16);
    const [two] = groupsOf(runs(['a'], [1, 2], [0]), 1);
    expect(three!.id).not.toBe(two!.id);
  });
});
