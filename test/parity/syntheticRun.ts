/** A reference run of a tiny random Llama on disk, as a recorder would write it: for what the recorded ones do not have. */
import { mkdirSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { type TensorToWrite, writeSafetensors } from '../../src/checkpoint/writeSafetensors.ts';
import { tinyLlama, tinyTokens } from '../tinyLlama.ts';
import { sitesOf } from '../../src/families/sites.ts';
import { architectureOf } from '../../src/families/index.ts';

type Changes = { readonly [key: string]: unknown };

/** A LoRA run of two steps on q_proj; `changes` overwrites entries of case.json, `config` those of adapter_config.json. */
export function writeRun(folder: string, changes: Changes = {}, config: Changes = {}): string {
  const source = tinyLlama();
  const base = path.join(folder, 'base');
  const adapter = path.join(folder, 'adapter_initial');
  mkdirSync(base, { recursive: true });
  mkdirSync(adapter);
  const write = (file: string, content: object): void =>
    writeFileSync(path.join(folder, file), JSON.stringify(content));
  write('base/config.json', source.config);
  const tensors = sitesOf(architectureOf(source.config)).map(({ tensor }) => [tensor, source.read(tensor)] as const);
  writeSafetensors(path.join(base, 'model.safetensors'), new Map(tensors));
  write('adapter_initial/adapter_config.json', { peft_type: 'LORA', target_modules: ['q_proj'], r: 2, ...config });
  const factors = new Map<string, TensorToWrite>();
  for (const layer of [0, 1]) {
    const key = `base_model.model.model.layers.${layer}.self_attn.q_proj`;
    factors.set(`${key}.lora_A.weight`, { shape: [2, 16], data: new Float32Array(32).fill(0.1) });
    factors.set(`${key}.lora_B.weight`, { shape: [16, 2], data: new Float32Array(32) });
  }
  writeSafetensors(path.join(adapter, 'adapter_model.safetensors'), factors);
  const ids = { shape: [2, 2, 6], data: tinyTokens(1, 4, 6) };
  writeSafetensors(path.join(folder, 'batches.safetensors'), { input_ids: ids, labels: ids });
  write('expected.json', { losses: [3.5, 3.5], gradNorm: [1, 1] });
  write('case.json', {
    base: 'base',
    task: 'causal-lm',
    adapter: 'adapter_initial',
    quantization: null,
    train: {
      steps: 2,
      optimizer: 'adamw',
      learningRate: 0.01,
      weightDecay: 0,
      schedule: { type: 'constant', warmupSteps: 0 },
    },
    tolerance: { losses: 1e-5, gradNorm: 1e-5, gradients: 1e-5, logitsFinal: 1e-5, adapterFinal: 1e-5 },
    ...changes,
  });
  return folder;
}
