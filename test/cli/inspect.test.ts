import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { openCheckpoint } from '../../src/checkpoint/folder.ts';
import { writeSafetensors } from '../../src/checkpoint/writeSafetensors.ts';
import type { Inspection } from '../../src/inspect/inspect.ts';
import { startEngine } from '../../src/tensor/engine.ts';
import { loadBase } from '../../src/train/base.ts';
import type { QuantizationReport } from '../../src/train/quantizationReport.ts';
import { randomWeights } from '../../src/train/randomWeights.ts';
import { architectureOf } from '../../src/families/index.ts';
import { sitesOf } from '../../src/families/sites.ts';
import { gpt2Config, llamaConfig } from '../adapters/smallModel.ts';
import { writeQuantized } from '../checkpoint/quantizedCheckpoint.ts';
import { tinyGpt2, tinyLlama } from '../tinyLlama.ts';
import { describeWithShared, shared } from '../shared.ts';
import { spoken } from './spoken.ts';

const program = spoken();
let folder: string;
beforeEach(() => {
  folder = mkdtempSync(path.join(os.tmpdir(), 'adapterlab-'));
});
afterEach(() => rmSync(folder, { recursive: true, force: true }));

/** Exit status of `adapterlab inspect …`. */
const inspectExits = (...words: string[]): Promise<number> => program.exits('inspect', ...words);

interface Printed extends Inspection {
  readonly model: { name: string; weights: string };
  readonly method: { name: string; storage: object; update: { type: string }; rescale: { type: string } };
  readonly targets: { targets: string | string[] };
}

const printed = (): Printed => JSON.parse(program.out) as Printed;

/** A checkpoint folder without weights. */
function configFolder(config: object): string {
  writeFileSync(path.join(folder, 'config.json'), JSON.stringify(config));
  return folder;
}

/** A checkpoint folder with weights, some of whose tensors may be renamed or left out (null). */
function weightFolder(config: object, renamed: (tensor: string) => string | null = (name) => name): string {
  const source = randomWeights(config, 0);
  const tensors = sitesOf(architectureOf(config)).flatMap(({ tensor }) => {
    const name = renamed(tensor);
    return name === null ? [] : [[name, source.read(tensor)] as const];
  });
  writeSafetensors(path.join(folder, 'model.safetensors'), Object.fromEntries(tensors));
  return configFolder(config);
}

describeWithShared('models/stories260K-hf', () => {
  test('DoRA on all linear maps, as JSON', async () => {
    const words = ['--model', shared('models/stories260K-hf'), '--method', 'dora', '--rank', '8'];
    expect(await inspectExits(...words, '--targets', 'all-linear', '--json')).toBe(0);
    const { model, method, targets, sites, totals } = printed();
    expect(model).toEqual({
      name: 'stories260K-hf',
      type: 'llama',
      weights: 'checked',
      stored: { bytes: 4 * 260_032, numbers: { F32: 260_032 } },
    });
    expect(method).toMatchObject({ name: 'dora', update: { type: 'lowRank' }, rescale: { type: 'magnitude' } });
    expect(targets).toEqual({ targets: 'all-linear' });
    expect(sites).toHaveLength(5 * 7);
    // q, o: 64 -> 64; k, v: 64 -> 32; gate, up: 64 -> 172; down: 172 -> 64; rank 8 and one magnitude an output
    const layer = 2 * (8 * 128 + 64) + 2 * (8 * 96 + 32) + 2 * (8 * 236 + 172) + (8 * 236 + 64);
    expect(totals).toMatchObject({ trainable: 5 * layer, base: 260_032 });
    expect(totals.bytes).toMatchObject({ base: 4 * 260_032, optimizer: 8 * 5 * layer });
  });
});

describe('adapterlab inspect', () => {
  test('a table for people', async () => {
    expect(await inspectExits('--model', configFolder(llamaConfig), '--rank', '2')).toBe(0);
    expect(program.out).toContain('lora on q_proj, v_proj of');
    expect(program.out).toMatch(
      /model\.layers\.0-1\.self_attn\.v_proj +12 × 4 +2 +2\.00 +down 12×2, up 2×4 +2 +64 +256 B/,
    );
    expect(program.out).toMatch(/^ +lora +full fine-tuning$/m);
    expect(program.out).toMatch(/^trained +160 +\d,\d{3}$/m);
    expect(program.out).toMatch(/^trainable params: 160 \|\| all params: /m);
  });

  test('default targets by family and by what a method changes', async () => {
    const targets = async (config: object, method: string): Promise<unknown> => {
      expect(await inspectExits('--model', configFolder(config), '--method', method, '--json')).toBe(0);
      return printed().targets.targets;
    };
    expect(await targets(llamaConfig, 'lora')).toEqual(['q_proj', 'v_proj']);
    expect(await targets(llamaConfig, 'ia3')).toEqual(['k_proj', 'v_proj', 'down_proj']);
    expect(await targets(llamaConfig, 'full')).toBe('all');
    expect(await targets(gpt2Config, 'adalora')).toEqual(['c_attn']);
    expect(await targets(gpt2Config, 'ia3')).toEqual(['c_attn', 'mlp.c_proj']);
  });

  test('names, a regular expression, layers and patterns', async () => {
    const model = ['--model', configFolder(llamaConfig), '--json'];
    const names = async (...words: string[]): Promise<string[]> => {
      expect(await inspectExits(...model, ...words)).toBe(0);
      return printed().sites.map(({ name, derived }) => `${name.replace('model.layers.', '')} ${derived.rank}`);
    };
    expect(await names('--targets', 'q_proj, mlp.up_proj', '--layers', '1')).toEqual([
      '1.self_attn.q_proj 8',
      '1.mlp.up_proj 8',
    ]);
    expect(await names('--targets', String.raw`.*\.1\..*_proj`, '--exclude', String.raw`.*mlp.*`)).toHaveLength(4);
    expect(
      await names(
        '--targets',
        'q_proj,k_proj',
        '--layers',
        '0-0',
        '--rank-pattern',
        'q_proj=4',
        '--rank-pattern',
        'k_proj=2',
      ),
    ).toEqual(['0.self_attn.q_proj 4', '0.self_attn.k_proj 2']);
  });

  test('weights are checked by their headers, also without the prefix of the body', async () => {
    for (const config of [llamaConfig, gpt2Config]) {
      const short = (name: string): string => name.replace(/^(transformer|model)\./, '');
      expect(await inspectExits('--model', weightFolder(config, short), '--json')).toBe(0);
      expect(printed().model.weights).toBe('checked');
    }
  });

  test('what a storage loses, layer by layer', async () => {
    const model = ['--model', weightFolder(llamaConfig)];
    expect(await inspectExits(...model, '--storage', 'int8', '--errors', '--json')).toBe(0);
    const { quantization } = printed() as Printed & { quantization: QuantizationReport };
    expect(quantization.layers).toHaveLength(2 * 7);
    expect(quantization.rootMeanSquare).toBeGreaterThan(0);
    expect(await inspectExits(...model, '--method', 'qlora', '--errors')).toBe(0);
    expect(program.out).toMatch(/^model\.layers\.1\.mlp\.up_proj +240 +4\.\d{3} +0\.0\d+ +\d+\.\d\d % /m);
    expect(program.out).toMatch(/^Over all: a root mean square error of 0\.0\d+ at \d\.\d{3} bits a number/m);
    expect(await inspectExits(...model, '--errors')).toBe(2);
    expect(program.err).toMatch(/float32 loses nothing; name another storage/);
    expect(await inspectExits('--config', folder, '--storage', 'nf4', '--errors')).toBe(2);
    expect(program.err).toMatch(/--errors are measured on weights: give --model/);
  });

  test('weights that were saved in 4 bits are counted as they are', async () => {
    await startEngine();
    for (const source of [tinyLlama(), tinyGpt2()]) {
      writeQuantized(folder, source, { kind: 'nf4', blockSize: 64, double: true });
      expect(await inspectExits('--model', folder, '--json')).toBe(0);
      const { method, totals } = printed();
      expect(method.storage).toEqual({ type: 'nf4', blockSize: 64, double: true });
      const checkpoint = openCheckpoint(folder);
      const base = loadBase(checkpoint);
      expect(totals.bytes.base).toBe(base.bytes);
      base.dispose();
      checkpoint.close();
    }
    expect(await inspectExits('--model', folder, '--storage', 'fp4')).toBe(2);
    expect(program.err).toMatch(/was saved in .*nf4.* cannot be rounded once more to .*fp4/);
  });

  test('a config.json by itself is enough', async () => {
    const config = path.join(configFolder(gpt2Config), 'config.json');
    for (const words of [
      ['--model', config],
      ['--config', config],
      ['--config', folder],
    ]) {
      expect(await inspectExits(...words, '--json')).toBe(0);
      expect(printed().model).toEqual({ name: path.basename(folder), type: 'gpt2', weights: 'absent', stored: null });
    }
  });

  test('bytes by holder, in a stated precision, batch and optimizer', async () => {
    const words = ['--config', configFolder(llamaConfig), '--rank', '2', '--json'];
    expect(await inspectExits(...words, '--batch', '3', '--sequence', '5')).toBe(0);
    const { totals: plain, training } = printed();
    expect(training).toMatchObject({ batch: 3, sequence: 5, optimizer: 'adamw' });
    const { perToken, perPosition } = plain.activations;
    expect(plain.bytes).toMatchObject({ adapter: 640, gradients: 640, optimizer: 1280 });
    expect(plain.bytes.activations).toBe(3 * 5 * (perToken + 5 * perPosition));
    expect(plain.totalBytes).toBe(Object.values(plain.bytes).reduce((a, b) => a + b));

    const mixed = ['--precision', 'mixed', '--bytes', 'gradients=4', '--optimizer', 'sgd'];
    expect(await inspectExits(...words, '--batch', '3', '--sequence', '5', ...mixed)).toBe(0);
    const { totals, fullFineTuning } = printed();
    expect(totals.bytes).toMatchObject({ base: plain.bytes.base / 2, adapter: 320, gradients: 640, optimizer: 1280 });
    expect(totals.bytes.activations).toBe(plain.bytes.activations / 2);
    expect(totals.checkpointBytes).toBe(320);
    // weights, gradients, one moment and the master copy
    const { activations, ...full } = fullFineTuning.bytes;
    const n = totals.base;
    expect(full).toEqual({ base: 2 * n, adapter: 0, frozenAdapter: 0, gradients: 4 * n, optimizer: 8 * n });
    expect(activations).toBeGreaterThan(totals.bytes.activations);
  });

  test('a sequence that the model was not made for is a warning', async () => {
    expect(await inspectExits('--config', configFolder(gpt2Config), '--sequence', '17')).toBe(0);
    expect(program.out).toMatch(
      /^warning: a sequence of 17 tokens is longer than the 16 that the model was made for$/m,
    );
  });

  test.each([
    [['--method', 'drra'], /unknown method 'drra'; the nearest name is dora; there are adalora, bitfit, dora/],
    [['--rank', '0'], /rank must be a whole number of at least 1, not 0/],
    [['--rank', '1.5'], /rank must be a whole number of at least 1, not 1.5/],
    [['--rank', 'many'], /It must be a number/],
    [['--alpha', '0'], /alpha must be a number above 0, not 0/],
    [['--targets', 'q_prj'], /target q_prj; its sites end in embed_tokens.*; the nearest name is q_proj/],
    [['--targets', 'q_proj,v_prj'], /target v_prj; .*; the nearest name is v_proj/],
    [['--targets', 'q_proj', '--exclude', 'up_prj'], /target up_prj; .*; the nearest name is up_proj/],
    [['--targets', 'q_proj', '--exclude', 'q_proj'], /no part of the model is left of the targets q_proj/],
    [['--targets', '('], /not a regular expression/],
    [['--targets', 'embed_tokens', '--method', 'vera'], /'vera' goes on sites of the kind linear/],
    [['--layers', '2'], /no layer 2: the model has the layers 0 to 1/],
    [['--layers', 'two'], /It must be like 0,2-4/],
    [['--layers', '0-99999999999'], /no layer 99999999999: the model has the layers 0 to 1/],
    [['--precision', 'bf8'], /unknown precision 'bf8'; there are float32, bf16, fp16, mixed/],
    [['--bytes', 'moment=4'], /not by 'moment'; the nearest name is moments/],
    [['--bytes', 'moments=-1'], /must be from 0 to 16, not -1/],
    [['--optimizer', 'adam'], /unknown optimizer 'adam'; there are adamw and sgd/],
    [['--batch', '0'], /a whole number of at least 1/],
    [['--config', 'config.json'], /--model and --config both say which network/],
    [['--rank-pattern', 'o_proj=4'], /'o_proj' matches none of the 4 targets/],
    [['--rank-pattern', 'q_proj=0'], /rank must be a whole number of at least 1, not 0 \(at model/],
    [['--method', 'adalora', '--rank-pattern', 'q_proj=4'], /has no option "rankPattern"/],
    [
      ['--storage', 'nf5'],
      /unknown storage 'nf5'; the nearest name is nf4; there are float32, nf4, fp4, int8, dynamic8/,
    ],
    [['--method', 'qlora', '--storage', 'float32'], /two different choices of storage/],
  ])('%j: exit status 2', async (words, message) => {
    expect(await inspectExits('--model', configFolder(llamaConfig), ...words)).toBe(2);
    expect(program.err).toMatch(message);
    expect(program.out).toBe('');
  });

  test.each([
    ['a folder that is not there', () => path.join(folder, 'nowhere'), /nowhere: no such folder/],
    ['a folder without config.json', () => folder, /no config\.json/],
    [
      'a config.json that is no JSON',
      () => {
        writeFileSync(path.join(folder, 'config.json'), '{"model_type": "llama",');
        return folder;
      },
      /config\.json: not JSON/,
    ],
    [
      'another family',
      () => configFolder({ model_type: 'mamba' }),
      /unknown model_type "mamba"; known are bert, gpt2, .*llama/,
    ],
    [
      'a missing tensor',
      () => weightFolder(llamaConfig, (name) => (name === 'model.norm.weight' ? null : name)),
      /model\.norm\.weight/,
    ],
    [
      'weights of another shape',
      () => {
        weightFolder(llamaConfig);
        return configFolder({ ...llamaConfig, intermediate_size: 24 });
      },
      /gate_proj\.weight should have the shape \[24, 12\] by config\.json, but has \[20, 12\]/,
    ],
    [
      'a missing shard',
      () => {
        mkdirSync(folder, { recursive: true });
        const index = { weight_map: { 'model.norm.weight': 'model-00001-of-00002.safetensors' } };
        writeFileSync(path.join(folder, 'model.safetensors.index.json'), JSON.stringify(index));
        return configFolder(llamaConfig);
      },
      /model-00001-of-00002\.safetensors: missing/,
    ],
  ])('%s: exit status 2', async (_, model, message) => {
    expect(await inspectExits('--model', model())).toBe(2);
    expect(program.err).toMatch(message);
  });
});
