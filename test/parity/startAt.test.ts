import { mkdtempSync, rmSync } from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { afterEach, beforeAll, beforeEach, describe, expect, test } from 'vitest';
import { openSafetensors } from '../../src/checkpoint/safetensors.ts';
import { type TensorToWrite, writeSafetensors } from '../../src/checkpoint/writeSafetensors.ts';
import type { CaseResult } from '../../src/parity/caseResult.ts';
import { parity } from '../../src/parity/parity.ts';
import { activeEngine, startEngine } from '../../src/tensor/engine.ts';
import { writeRun } from './syntheticRun.ts';

beforeAll(() => startEngine());

let folder: string;
beforeEach(() => {
  folder = mkdtempSync(path.join(os.tmpdir(), 'adapterlab-'));
});
afterEach(() => rmSync(folder, { recursive: true, force: true }));

const key = 'base_model.model.model.layers.0.self_attn.q_proj.lora_A.weight';

function edited(edit: (tensors: Map<string, TensorToWrite>) => void): CaseResult {
  writeRun(folder);
  const file = path.join(folder, 'adapter_initial', 'adapter_model.safetensors');
  const opened = openSafetensors(file);
  const tensors = new Map<string, TensorToWrite>([...opened.tensors.keys()].map((name) => [name, opened.read(name)]));
  opened.close();
  edit(tensors);
  writeSafetensors(file, tensors);
  return parity([folder], activeEngine().engine).cases[0];
}

describe('the recorded start', () => {
  test.each([
    [
      'holds a number that is none',
      (t: Map<string, TensorToWrite>) => t.set(key, { shape: [2, 16], data: new Float32Array(32).fill(NaN, 5) }),
      /adapter_model\.safetensors: .*layers\.0\.self_attn\.q_proj\.lora_A\.weight: number 5 of 32 is NaN/,
    ],
    ['lacks a tensor', (t: Map<string, TensorToWrite>) => t.delete(key), /no tensor .*lora_A\.weight"; closest/],
    [
      'has another shape',
      (t: Map<string, TensorToWrite>) => t.set(key, { shape: [3, 16], data: new Float32Array(48) }),
      /lora_A\.weight has the shape \[3,16\], expected \[2,16\]/,
    ],
  ])('%s: it says so', (_what, edit, reason) => {
    expect(edited(edit)).toMatchObject({ status: 'failed', reason: expect.stringMatching(reason) });
  });
});
