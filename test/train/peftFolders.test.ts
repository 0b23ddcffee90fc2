/** What PEFT itself has written: read, it gives PEFT's logits; written again, it is the same to the byte. */
import { existsSync, mkdirSync, readdirSync, readFileSync } from 'node:fs';
import path from 'node:path';
import { beforeAll, expect, test } from 'vitest';
import { openCheckpoint } from '../../src/checkpoint/folder.ts';
import { openSafetensors } from '../../src/checkpoint/safetensors.ts';
import { Unsupported } from '../../src/errors.ts';
import { recordedInputs } from '../../src/parity/recordedInputs.ts';
import { recordedStorage } from '../../src/parity/recordedMethod.ts';
import { readRunCase } from '../../src/parity/runCase.ts';
import { release, startEngine } from '../../src/tensor/engine.ts';
import { loadAdapter, openAdapter, saveAdapter } from '../../src/train/adapterFolder.ts';
import { loadBase } from '../../src/train/base.ts';
import { describeWithShared, shared } from '../shared.ts';
import { temporaryFolder } from '../temporaryFolder.ts';

beforeAll(() => startEngine());

describeWithShared('recorded runs', () => {
  const runs = shared('fixtures/runs');
  const cases = readdirSync(runs).filter((name) => existsSync(path.join(runs, name, 'adapter_final')));
  const prompts = ['extra-prompt-tuning', 'extra-prefix-tuning'];

  test.each(cases.filter((name) => !prompts.includes(name)))('%s', (name) => {
    const folder = path.join(runs, name);
    const recorded = readRunCase(folder);
    const { run, expected } = recorded;
    const checkpoint = openCheckpoint(path.join(folder, run.base));
    const base = loadBase(checkpoint, recordedStorage(recorded));
    const final = path.join(folder, 'adapter_final');
    const model = loadAdapter(base, final);
    const reference = openSafetensors(path.join(folder, 'expected.safetensors'));
    const inputs = recordedInputs(reference, 1, base.architecture);
    const logits = model.logits(model.batch(inputs.rows(0, inputs.shape[0]!)));
    const wanted = reference.read('logits_final').data;
    const off = logits
      .dataSync<'float32'>()
      .reduce((most, value, i) => Math.max(most, Math.abs(value - wanted[i]!)), 0);
    expect(off).toBeLessThan(run.tolerance.logitsFinal + (expected.reloadMaxAbsDiff ?? 0));
    release(logits);

    const again = path.join(temporaryFolder(), 'adapter');
    mkdirSync(again);
    const trained = JSON.parse(readFileSync(path.join(final, 'adapter_config.json'), 'utf8')) as Record<
      string,
      unknown
    >;
    const { total_step: steps } = trained as { total_step?: number };
    saveAdapter(model, 0, again, { base: String(trained.base_model_name_or_path), ...(steps ? { steps } : {}) });
    const changesBase = /^(pissa|olora)/i.test(String(trained.init_lora_weights));
    if (!changesBase && openAdapter(final).dialect === 'PEFT') {
      const bytes = (of: string): Buffer => readFileSync(path.join(of, 'adapter_model.safetensors'));
      expect(bytes(again).equals(bytes(final))).toBe(true);
    }
    model.dispose();
    base.dispose();
    reference.close();
    checkpoint.close();
  });

  test.each(prompts)('%s is not read', (name) => {
    expect(() => openAdapter(path.join(runs, name, 'adapter_final'))).toThrow(Unsupported);
  });
});
