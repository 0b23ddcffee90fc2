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

test("AdaLoRA's penalty is left out without a task, as PEFT does", () => {
  const config = { peft_type: 'ADALORA', init_r: 4, target_r: 2, tinit: 1, tfinal: 1, orth_reg_weight: 0.3 };
  const penaltyOf = (name: string, changes: object): unknown => {
    const { methodFor } = methodOfRun(name, { ...config, ...changes });
    return methodFor('model.layers.0.self_attn.q_proj', 'linear', false)!.control.spec.penaltyWeight;
  };
  expect(penaltyOf('with', { task_type: 'CAUSAL_LM' })).toBe(0.3);
  expect(penaltyOf('without', { task_type: null })).toBe(0);
});

test('LoRA-FA is the optimizer of the run: A is frozen and the gradient of B is another', () => {
  const run = writeRun(path.join(folder, 'fa'), { train: { ...trainOf('fa-train'), optimizer: 'lora-fa' } });
  const checkpoint = openCheckpoint(path.join(run, 'base'));
  const base = loadBase(checkpoint);
  checkpoint.close();
  const method = recordedMethod(run, readRunCase(run).run, base).methodFor(
    'model.layers.0.self_attn.q_proj',
    'linear',
    false,
  )!;
  base.dispose();
  expect(method.update.spec).toMatchObject({ type: 'lowRank', freezeDown: true });
  expect(method.control.spec.type).toBe('inverseGram');
});

const trainOf = (name: string): object => readRunCase(writeRun(path.join(folder, name))).run.train;
