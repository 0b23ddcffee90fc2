import { existsSync } from 'node:fs';
import path from 'node:path';
import { describe, expect, it } from 'vitest';
import { methods } from '../../src/adapters/methods/index.ts';
import { peerScript } from '../../src/bench/peerScript.ts';
import { chosenRows, rowNames, rowsOf } from '../../src/bench/rows/index.ts';
import { RequestError } from '../../src/errors.ts';

const rows = rowsOf({ threads: 2, quick: false });
const sidesOf = (name: string): readonly string[] =>
  rows
    .find((row) => row.name === name)!
    .sides('folder')
    .map((side) => side.name);

describe('the rows', () => {
  it('are those that were promised, each once', () => {
    const names = rowNames();
    expect(new Set(names).size).toBe(names.length);
    const shapes = ['256x4', '512x6', '768x12'];
    const steps = ['dora', 'adalora', 'qlora', 'full', 'loraplus', 'lora', 'lora-all-linear'];
    const promised = steps.flatMap((method) => shapes.map((shape) => `step-${method}-${shape}`));
    const others = ['sweep', 'lanes', 'load', 'merge', 'quantize', 'generate', 'product'];
    const small = [
      'step-lora-64x5',
      'step-lora-all-linear-64x5',
      'step-lora-recompute-768x12',
      'step-lora-64-rows',
      'step-lora-64x5-wasm',
      'step-lora-64x5-cpu',
    ];
    expect([...names].sort()).toEqual([...promised, ...others, ...small].sort());
  });

  it.each(rows.filter(({ obstacle }) => obstacle() === null).map((row) => [row.name, row] as const))(
    "%s: ours comes first, figures are against sides that there are, methods and the peer's work exist",
    (_, row) => {
      const sides = row.sides('folder');
      const names = sides.map(({ name }) => name);
      expect(sides[0]).toMatchObject({ name: 'ours', by: 'us' });
      expect(new Set(names).size).toBe(names.length);
      for (const { against } of row.figures) if (typeof against === 'string') expect(names).toContain(against);
      for (const { job } of sides) if (job.work === 'step') expect(Object.keys(methods)).toContain(job.method);
      for (const { by, job } of sides)
        if (by === 'peer') expect(existsSync(path.join(path.dirname(peerScript), 'work', `${job.work}.py`))).toBe(true);
      expect(row.turns.rounds * row.turns.repeats).toBeGreaterThan(0);
    },
  );

  it('compare with our own LoRA step where the figure is against that', () => {
    expect(sidesOf('step-dora-256x4')).toEqual(['ours', 'our LoRA step', 'peer']);
    expect(sidesOf('step-lora-256x4')).toEqual(['ours', 'peer']);
  });

  it('ask for little when they are quick', () => {
    const quick = rowsOf({ threads: 2, quick: true });
    expect(quick.map(({ name }) => name)).toEqual(rows.map(({ name }) => name));
    expect(Math.max(...quick.map(({ turns }) => turns.rounds * turns.repeats))).toBe(2);
  });
});

it('rows are chosen by name, in the order of the table; an unknown name is refused with those nearest to it', () => {
  expect(chosenRows(rows, ['merge', 'load']).map(({ name }) => name)).toEqual(['load', 'merge']);
  expect(chosenRows(rows, null)).toHaveLength(rows.length);
  expect(() => chosenRows(rows, ['merge', 'step-lora-256'])).toThrow(RequestError);
  expect(() => chosenRows(rows, ['step-lora-256'])).toThrow(/no row 'step-lora-256'; closest: step-lora-256x4, /);
});
