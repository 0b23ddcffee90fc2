import { mkdtempSync, rmSync } from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { openCheckpoint } from '../../src/checkpoint/folder.ts';
import { type RecordedMethod, recordedMethod } from '../../src/parity/recordedMethod.ts';
import { readRunCase } from '../../src/parity/runCase.ts';
import { startEngine } from '../../src/tensor/engine.ts';
import { loadBase } from '../../src/train/base.ts';
import { writeRun } from './syntheticRun.ts';

let folder: string;
beforeAll(async () => {
  await startEngine();
  folder = mkdtempSync(path.join(os.tmpdir(), 'adapterlab-'));
});
afterAll(() => rmSync(folder, { recursive: true, force: true }));

function methodOfRun(name: string, config: object): RecordedMethod {
  const run = writeRun(path.join(folder, name), {}, { ...config });
  const checkpoint = openCheckpoint(path.join(run, 'base'));
  const base = loadBase(checkpoint);
  checkpoint.close();
  const found = recordedMethod(run, readRunCase(run).run, base);
  base.dispose();
  return found;
}

describe('the steps that a method plans for', () => {
  test("are AdaLoRA's total_step, whatever the run does of them", () => {
    const adalora = { peft_type: 'ADALORA', init_r: 4, target_r: 2, tinit: 1, tfinal: 1 };
    expect(methodOfRun('a', { ...adalora, total_step: 40 })).toMatchObject({ steps: 40 });
    expect(methodOfRun('b', { ...adalora, total_step: null }).steps).toBe(2);
  });

  test('are those of the run elsewhere', () => {
    expect(methodOfRun('c', {})).toMatchObject({ steps: 2 });
  });
});
