/** What openAdapter and loadAdapter refuse, and what they say. */
import { cpSync, mkdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { beforeAll, beforeEach, describe, expect, test } from 'vitest';
import { methodOf } from '../../src/adapters/compose.ts';
import { lora } from '../../src/adapters/methods/lora.ts';
import { adalora } from '../../src/adapters/methods/adalora.ts';
import { openSafetensors } from '../../src/checkpoint/safetensors.ts';
import { type TensorToWrite, writeSafetensors } from '../../src/checkpoint/writeSafetensors.ts';
import { RequestError, Unsupported } from '../../src/errors.ts';
import { startEngine } from '../../src/tensor/engine.ts';
import { loadAdapter, openAdapter, saveAdapter } from '../../src/train/adapterFolder.ts';
import { type Base, loadBase } from '../../src/train/base.ts';
import { createModel } from '../../src/train/model.ts';
import { onTargets } from '../adapters/smallModel.ts';
import { temporaryFolder } from '../temporaryFolder.ts';
import { tinyLlama } from '../tinyLlama.ts';

let base: Base;
let folder: string;
const key = 'base_model.model.model.layers.0.self_attn.q_proj.lora_A.weight';

beforeAll(async () => {
  await startEngine();
  base = loadBase(tinyLlama());
});

beforeEach(() => {
  folder = temporaryFolder();
  save(lora({ rank: 2, rankPattern: { 'layers.1.self_attn.q_proj': 3 } }), ['q_proj', 'embed_tokens']);
});

function save(recipe: Parameters<typeof methodOf>[0], targets: string[], into = folder): void {
  const model = createModel(base, { seeds: [0], methodFor: onTargets(recipe, targets), steps: 100 });
  saveAdapter(model, 0, into, { base: 'tiny' });
  model.dispose();
}

/** Changes a JSON file of the folder. */
function edit(name: string, change: (json: Record<string, unknown>) => void): void {
  const file = path.join(folder, name);
  const json = JSON.parse(readFileSync(file, 'utf8')) as Record<string, unknown>;
  change(json);
  writeFileSync(file, JSON.stringify(json));
}

/** Changes the tensors of the folder. */
function editTensors(change: (tensors: Map<string, TensorToWrite>) => void): void {
  const file = path.join(folder, 'adapter_model.safetensors');
  const opened = openSafetensors(file);
  const tensors = new Map([...opened.tensors.keys()].map((name) => [name, opened.read(name)] as const));
  opened.close();
  change(tensors);
  writeSafetensors(file, tensors, { format: 'pt' });
}

/** The error that loading gives, which must be a wrong request. */
function refusal(load: () => unknown = () => loadAdapter(base, folder)): string {
  try {
    load();
  } catch (error) {
    expect(error).toBeInstanceOf(RequestError);
    return (error as Error).message;
  }
  throw new Error('nothing was refused');
}

test('the folder as it was saved is read', () => {
  const { dialect, type, baseName, tensors, notes } = openAdapter(folder);
  expect({ dialect, type, baseName }).toEqual({ dialect: 'PEFT', type: 'LORA', baseName: 'tiny' });
  expect(tensors.get(key)).toEqual([2, 16]);
  expect(notes?.methods).toHaveLength(1);
  loadAdapter(base, folder).dispose();
});

describe('tensors', () => {
  test('missing and unexpected ones are all named, each with the nearest', () => {
    editTensors((tensors) => {
      tensors.set(key.replace('lora_A.weight', 'lora_A.default.weight'), tensors.get(key)!);
      tensors.delete(key);
      tensors.delete(key.replace('lora_A', 'lora_B'));
    });
    const message = refusal();
    expect(message).toContain(path.join(folder, 'adapter_model.safetensors'));
    expect(message).toContain(
      `missing (2):\n  ${key} (nearest: ${key.replace('lora_A.weight', 'lora_A.default.weight')})`,
    );
    expect(message).toMatch(/not expected \(1\):\n {2}.*lora_A\.default\.weight \(nearest: .*lora_A\.weight\)/);
  });

  test('one of another shape', () => {
    editTensors((tensors) => tensors.set(key, { shape: [2, 8], data: new Float32Array(16) }));
    expect(refusal()).toContain(`${key}: expected [2, 16], found [2, 8]`);
  });

  test('one that is not finite', () => {
    editTensors((tensors) => (tensors.get(key)!.data[5] = NaN));
    expect(refusal()).toMatch(/q_proj\.lora_A\.weight: number 5 of 32 is NaN/);
  });

  test('one of whole numbers', () => {
    editTensors((tensors) => tensors.set(key, { shape: [2, 16], data: new Int32Array(32) }));
    expect(refusal()).toMatch(/adapter_model\.safetensors: tensor .*lora_A\.weight is I32, expected a floating-point/);
  });

  test('the table of another base', () => {
    const table = 'base_model.model.model.embed_tokens.base_layer.weight';
    editTensors((tensors) => (tensors.get(table)!.data[7] += 1));
    expect(refusal()).toMatch(/embed_tokens\.base_layer\.weight is not the base's: number 7 is .* another base/);
    editTensors((tensors) => tensors.set(table, { shape: [33, 16], data: new Float32Array(33 * 16) }));
    expect(refusal()).toMatch(/base_layer\.weight: expected \[32, 16\] as in the base, found \[33, 16\]/);
  });
});

describe('files', () => {
  test('a pickle is refused, with the way to convert it', () => {
    rmSync(path.join(folder, 'adapter_model.safetensors'));
    writeFileSync(path.join(folder, 'adapter_model.bin'), 'PK');
    expect(refusal(() => openAdapter(folder))).toMatch(
      /pickle.*torch\.load\("adapter_model\.bin", weights_only=True\)/s,
    );
  });

  test('a file that is cut off, one whose header lies, one that overlaps', () => {
    const file = path.join(folder, 'adapter_model.safetensors');
    const whole = readFileSync(file);
    writeFileSync(file, whole.subarray(0, whole.length - 4));
    expect(refusal(() => openAdapter(folder))).toContain(file);
    const headerBytes = Number(whole.readBigUInt64LE(0));
    const lie = (from: RegExp, to: string): void => {
      const header = whole.subarray(8, 8 + headerBytes).toString();
      expect(header).toMatch(from);
      const changed = Buffer.from(header.replace(from, to).padEnd(headerBytes).slice(0, headerBytes));
      writeFileSync(file, Buffer.concat([whole.subarray(0, 8), changed, whole.subarray(8 + headerBytes)]));
    };
    lie(/"shape":\[32,16\]/, '"shape":[16,16]');
    expect(refusal(() => openAdapter(folder))).toMatch(/base_layer\.weight/);
    lie(/"data_offsets":\[0,2048\]/, '"data_offsets":[0,2044]');
    expect(refusal(() => openAdapter(folder))).toContain(file);
    lie(/"data_offsets":\[2048,(\d+)\]/, '"data_offsets":[2040,$1]');
    expect(refusal(() => openAdapter(folder))).toMatch(/adapter_model\.safetensors: .*(overlap|begins|offset)/);
    lie(/"dtype":"F32"/, '"dtype":"F33"');
    expect(refusal(() => openAdapter(folder))).toMatch(/F33/);
  });

  test('no folder, no adapter, a folder of adapters by name', () => {
    expect(refusal(() => openAdapter(path.join(folder, 'none')))).toMatch(/no such folder/);
    expect(refusal(() => openAdapter(path.join(folder, 'README.md')))).toMatch(/a file, expected the adapter folder/);
    const outer = temporaryFolder();
    expect(refusal(() => openAdapter(outer))).toMatch(/holds no adapter/);
    for (const name of ['first', 'second']) {
      mkdirSync(path.join(outer, name));
      cpSync(folder, path.join(outer, name), { recursive: true });
    }
    expect(refusal(() => openAdapter(outer))).toMatch(/by name \(first, second\); give the folder of one of them/);
    expect(openAdapter(path.join(outer, 'second')).type).toBe('LORA');
  });

  test('a configuration that is none', () => {
    writeFileSync(path.join(folder, 'adapter_config.json'), '{"peft_type": ');
    expect(refusal(() => openAdapter(folder))).toMatch(/adapter_config\.json: not JSON/);
  });
});

describe('what the configuration says', () => {
  test('an unknown peft_type: which are known', () => {
    edit('adapter_config.json', (json) => (json.peft_type = 'BOFT'));
    expect(() => openAdapter(folder)).toThrow(Unsupported);
    expect(refusal(() => openAdapter(folder))).toMatch(/BOFT.*ADALORA.*LORA/);
  });

  test.each([
    ['a rank of 0', { r: 0 }],
    ['a peft_type that is not read', { peft_type: 'PROMPT_TUNING' }],
    ['targets that are not there', { target_modules: ['c_attn'] }],
    ['an option that is not read', { layer_replication: [[0, 2]] }],
  ])('%s: the file is named, once', (_what, change) => {
    edit('adapter_config.json', (json) => void Object.assign(json, change));
    const file = path.join(folder, 'adapter_config.json');
    expect(refusal().split(file)).toHaveLength(2);
    expect(refusal().startsWith(`${file}: `)).toBe(true);
  });

  test('targets that the base does not have', () => {
    edit('adapter_config.json', (json) => (json.target_modules = ['c_attn']));
    expect(refusal()).toMatch(/no part of the model matches the targets c_attn/);
  });

  test('a rank pattern of another model', () => {
    edit('adapter_config.json', (json) => (json.rank_pattern = { 'h.3.attn.c_attn': 3 }));
    expect(refusal()).toMatch(/rank_pattern has the key h\.3\.attn\.c_attn.*nearest: .*another model/);
  });

  test("an AdaLoRA's pattern of another model or another rank", () => {
    folder = temporaryFolder();
    save(adalora({ rank: 3, target: 1, warmup: 1, tail: 1 }), ['q_proj']);
    edit('adapter_config.json', (json) => (json.rank_pattern = { 'model.layers.7.self_attn.q_proj.lora_E': [true] }));
    expect(refusal()).toMatch(/rank_pattern has the key model\.layers\.7\.self_attn\.q_proj\.lora_E.*another model/);
    edit('adapter_config.json', (json) => (json.rank_pattern = { 'model.layers.0.self_attn.q_proj.lora_E': [true] }));
    expect(refusal()).toMatch(/rank_pattern has 1 entries for .*, expected one for each of init_r = 3/);
  });
});

describe('the base', () => {
  test('another one than the adapter was trained on', () => {
    const other = loadBase(tinyLlama({ rms_norm_eps: 1e-5 }));
    expect(refusal(() => loadAdapter(other, folder))).toMatch(/of another base: adapterlab\.json says tiny, sha256/);
  });

  test('one of other widths', () => {
    rmSync(path.join(folder, 'adapterlab.json'));
    const other = loadBase(tinyLlama({ hidden_size: 24 }));
    expect(refusal(() => loadAdapter(other, folder))).toMatch(
      /of another shape .*expected \[2, 24\], found \[2, 16\]/s,
    );
  });

  test('notes that cannot be understood', () => {
    edit('adapterlab.json', (json) => (json.version = 2));
    expect(refusal(() => openAdapter(folder))).toMatch(/adapterlab\.json.*version/s);
  });
});

describe('saving', () => {
  test('a lane that is not there, no adapters, a strength other than 1', () => {
    const plain = createModel(base, { seeds: [0], methodFor: () => null });
    const adapted = createModel(base, { seeds: [0], methodFor: onTargets(lora({ rank: 2 }), ['q_proj']) });
    const about = { base: 'tiny' };
    expect(refusal(() => saveAdapter(plain, 0, folder, about))).toMatch(/no adapters to save/);
    expect(refusal(() => saveAdapter(adapted, 1, folder, about))).toMatch(/no lane 1 to save; the model has 1/);
    adapted.strength = 0.5;
    expect(refusal(() => saveAdapter(adapted, 0, folder, about))).toMatch(/saved at strength 1, not 0\.5/);
  });
});
