/** Adapters in other systems' files: the same network as the one whose numbers were written that way. */
import { mkdirSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { beforeAll, describe, expect, test } from 'vitest';
import { trainedSites } from '../../src/adapters/trainedSite.ts';
import { dora } from '../../src/adapters/methods/dora.ts';
import { lora } from '../../src/adapters/methods/lora.ts';
import type { Recipe } from '../../src/adapters/types.ts';
import { tokenBatch } from '../../src/blocks/tokenBatch.ts';
import { openCheckpoint } from '../../src/checkpoint/folder.ts';
import { openSafetensors } from '../../src/checkpoint/safetensors.ts';
import { type TensorToWrite, writeSafetensors } from '../../src/checkpoint/writeSafetensors.ts';
import { RequestError, Unsupported } from '../../src/errors.ts';
import { startEngine } from '../../src/tensor/engine.ts';
import { loadAdapter, openAdapter, saveAdapter } from '../../src/train/adapterFolder.ts';
import { type Base, loadBase } from '../../src/train/base.ts';
import type { Model } from '../../src/train/model.ts';
import { drawnBase, gpt2Config, llamaConfig, logitsOf, movedModel, onTargets } from '../adapters/smallModel.ts';
import { describeWithShared, shared } from '../shared.ts';
import { temporaryFolder } from '../temporaryFolder.ts';

let llama: Base;
let gpt2: Base;

beforeAll(async () => {
  await startEngine();
  llama = drawnBase(llamaConfig);
  gpt2 = drawnBase(gpt2Config);
});

/** A tensor of ours, row-major, in the form in which a dialect writes it. */
type Written = (role: string, values: Float32Array, shape: readonly [number, number]) => TensorToWrite;

/** Writes what a model has trained under other names. */
function write(
  model: Model,
  file: string,
  config: object,
  named: (site: string, role: string) => string,
  form: Written,
): string {
  const folder = temporaryFolder();
  const tensors: [string, TensorToWrite][] = trainedSites(model, 0, []).flatMap(({ parts }) =>
    parts.flatMap(({ name, shape, roles, numbers }) =>
      roles.map((role): [string, TensorToWrite] => [named(name, role), form(role, numbers(role), shape)]),
    ),
  );
  writeSafetensors(path.join(folder, file), new Map(tensors));
  writeFileSync(path.join(folder, 'adapter_config.json'), JSON.stringify(config));
  return folder;
}

const transposed = (values: Float32Array, rows: number, columns: number): TensorToWrite => ({
  shape: [columns, rows],
  data: Float32Array.from(
    { length: rows * columns },
    (_, at) => values[(at % rows) * columns + Math.floor(at / rows)]!,
  ),
});

const targets = ['q_proj', 'k_proj', 'v_proj', 'down_proj'];

describe('mlx-lm', () => {
  const suffix: Record<string, string> = { down: '.lora_a', up: '.lora_b', magnitude: '.m' };
  const asTheyAre: Written = (role, data, [inputs, outputs]) => ({
    data,
    shape: role === 'down' ? [inputs, 3] : role === 'up' ? [3, outputs] : [outputs],
  });
  const written = (recipe: Recipe, config: object, where = targets): { folder: string; model: Model } => {
    const model = movedModel(llama, onTargets(recipe, where));
    const named = (site: string, role: string): string => site + suffix[role];
    return { model, folder: write(model, 'adapters.safetensors', config, named, asTheyAre) };
  };
  const config = { fine_tune_type: 'lora', num_layers: 16, lora_parameters: { rank: 3, scale: 7.5, dropout: 0.1 } };

  test.each([
    ['LoRA, its scale as it is', lora({ rank: 3, alpha: 22.5 }), config, targets],
    ['LoRA of an embedding', lora({ rank: 3, alpha: 22.5 }), config, ['embed_tokens', 'q_proj']],
    ['DoRA', dora({ rank: 3, alpha: 22.5 }), { ...config, fine_tune_type: 'dora' }, targets],
  ])('%s', (_name, recipe, said, where) => {
    const { folder, model } = written(recipe, said, where);
    expect(openAdapter(folder)).toMatchObject({ dialect: 'mlx-lm', type: 'LORA', baseName: null });
    expect(logitsOf(loadAdapter(llama, folder))).toEqual(logitsOf(model));
  });

  test('what is not read is said', () => {
    const { folder } = written(lora({ rank: 3 }), { ...config, fine_tune_type: 'full' });
    expect(() => openAdapter(folder)).toThrow(Unsupported);
    const other = written(lora({ rank: 3 }), { fine_tune_type: 'lora' });
    expect(() => openAdapter(other.folder)).toThrow(/lacks lora_parameters/);
    const rank = written(lora({ rank: 3 }), { lora_parameters: { rank: 2, scale: 1 } });
    expect(() => loadAdapter(llama, rank.folder)).toThrow(/q_proj\.lora_a: expected \[12, 2\], found \[12, 3\]/);
    const embedding = written(dora({ rank: 3 }), { ...config, fine_tune_type: 'dora' }, ['embed_tokens']);
    expect(() => loadAdapter(llama, embedding.folder)).toThrow(/magnitude a token/);
    const tied = drawnBase({ ...llamaConfig, tie_word_embeddings: true });
    const whole = written(lora({ rank: 3 }), config, ['embed_tokens']);
    expect(() => loadAdapter(tied, whole.folder)).toThrow(/adapts the head along/);
    expect(() => loadAdapter(gpt2, whole.folder)).toThrow(RequestError);
  });
});

describe('torchtune', () => {
  const names: Record<string, string> = {
    'self_attn.': 'attn.',
    o_proj: 'output_proj',
    gate_proj: 'w1',
    down_proj: 'w2',
    up_proj: 'w3',
  };
  const theirs = (site: string): string =>
    Object.entries(names).reduce(
      (name, [from, to]) => name.replace(from, to),
      site.replace(/^model\./, '').replace('lm_head', 'output'),
    );
  const suffix: Record<string, string> = { down: '.lora_a.weight', up: '.lora_b.weight', magnitude: '.magnitude' };
  const { head_dim: width } = llamaConfig as { head_dim: number };
  /** Their row (head, i, j) is ours (head, j, i). */
  const ourRow = (row: number): number => {
    const [head, i, j] = [Math.floor(row / width), Math.floor((row % width) / 2), row % 2];
    return head * width + j * (width / 2) + i;
  };
  const written = (recipe: Recipe, config: object, where = targets): { folder: string; model: Model } => {
    const model = movedModel(llama, onTargets(recipe, where));
    const named = (site: string, role: string): string => theirs(site) + suffix[role];
    const tensors: [string, TensorToWrite][] = trainedSites(model, 0, []).flatMap(({ name, parts: [part] }) =>
      part!.roles.map((role): [string, TensorToWrite] => {
        const [inputs, outputs] = part!.shape;
        const values = part!.numbers(role);
        if (role === 'down') return [named(name, role), transposed(values, inputs, 3)];
        const { data } = role === 'up' ? transposed(values, 3, outputs) : { data: values };
        const columns = data.length / outputs;
        const isTurned = /[qk]_proj$/.test(name);
        const rows = Float32Array.from({ length: data.length }, (_, at) => {
          const row = Math.floor(at / columns);
          return data[(isTurned ? ourRow(row) : row) * columns + (at % columns)]!;
        });
        return [named(name, role), { shape: role === 'up' ? [outputs, columns] : [outputs], data: rows }];
      }),
    );
    const folder = temporaryFolder();
    writeSafetensors(path.join(folder, 'adapter_model.safetensors'), new Map(tensors));
    writeFileSync(path.join(folder, 'adapter_config.json'), JSON.stringify(config));
    return { folder, model };
  };

  test.each([
    [
      'LoRA',
      lora({ rank: 3, alpha: 5 }),
      { r: 3, lora_alpha: 5, target_modules: ['q_proj'], peft_type: 'LORA' },
      targets,
    ],
    [
      'LoRA on all maps and the head',
      lora({ rank: 3, alpha: 5 }),
      { rank: 3, alpha: 5 },
      [...targets, 'o_proj', 'gate_proj', 'up_proj', 'lm_head'],
    ],
    ['DoRA', dora({ rank: 3, alpha: 5 }), { rank: 3, alpha: 5 }, targets],
  ])('%s', (_name, recipe, config, where) => {
    const { folder, model } = written(recipe, config, where);
    expect(openAdapter(folder)).toMatchObject({ dialect: 'torchtune', type: 'LORA' });
    expect(logitsOf(loadAdapter(llama, folder))).toEqual(logitsOf(model));
  });

  test('its order of rows is that of a rotary embedding of neighbours', () => {
    const angles = [0.7, 0.3];
    const turn = (v: readonly number[], pair: (i: number) => [number, number], position: number): number[] => {
      const out = [...v];
      angles.forEach((angle, i) => {
        const [a, b] = pair(i);
        const [cos, sin] = [Math.cos(position * angle), Math.sin(position * angle)];
        out[a] = v[a]! * cos - v[b]! * sin;
        out[b] = v[b]! * cos + v[a]! * sin;
      });
      return out;
    };
    const dot = (a: readonly number[], b: readonly number[]): number =>
      a.reduce((sum, value, i) => sum + value * b[i]!, 0);
    const [query, key] = [
      [1, -2, 0.5, 3],
      [0.2, 1.5, -1, 2],
    ];
    const toTheirs = (v: readonly number[]): number[] => v.map((_, row) => v[ourRow(row)]!);
    const here = dot(
      turn(query, (i) => [i, i + 2], 5),
      turn(key, (i) => [i, i + 2], 2),
    );
    const there = dot(
      turn(toTheirs(query), (i) => [2 * i, 2 * i + 1], 5),
      turn(toTheirs(key), (i) => [2 * i, 2 * i + 1], 2),
    );
    expect(there).toBeCloseTo(here, 12);
  });

  test('what is not read is said', () => {
    const { folder } = written(lora({ rank: 3 }), { target_modules: ['q_proj'] });
    expect(() => openAdapter(folder)).toThrow(/lacks r and lora_alpha/);
    const good = written(lora({ rank: 3 }), { rank: 3, alpha: 3 }).folder;
    expect(() => loadAdapter(gpt2, good)).toThrow(/the base has no model\.layers\.0\.self_attn/);
    const other = drawnBase({ ...llamaConfig, architectures: ['FalconForCausalLM'] });
    expect(() => loadAdapter(other, good)).toThrow(/rows of queries and keys of a FalconForCausalLM/);
    const biased = drawnBase({ ...llamaConfig, attention_bias: true });
    expect(() => loadAdapter(biased, written(dora({ rank: 3 }), { rank: 3, alpha: 3 }).folder)).toThrow(
      /scales the bias/,
    );
  });
});

describe('loralib', () => {
  const form: Written = (role, values, [inputs, outputs]) =>
    role === 'down' ? transposed(values, inputs, 3) : transposed(values, 3, outputs);
  const named = (site: string, role: string): string => `${site}.lora_${role === 'down' ? 'A' : 'B'}`;

  test.each([
    ['a Llama', () => llama, ['q_proj', 'embed_tokens']],
    ['a GPT-2', () => gpt2, ['c_attn', 'wte']],
  ])('Linear and Embedding of %s', (_name, base, where) => {
    const model = movedModel(base(), onTargets(lora({ rank: 3, alpha: 5 }), where));
    const config = { library: 'loralib', r: 3, lora_alpha: 5 };
    const folder = write(model, 'adapter_model.safetensors', config, named, form);
    expect(openAdapter(folder)).toMatchObject({ dialect: 'loralib', type: 'LORA' });
    expect(logitsOf(loadAdapter(base(), folder))).toEqual(logitsOf(model));
  });

  test('without a configuration it says what to write', () => {
    const model = movedModel(llama, onTargets(lora({ rank: 3 }), ['q_proj']));
    const folder = write(model, 'adapter_model.safetensors', {}, named, form);
    expect(() => openAdapter(folder)).toThrow(/write \{ "library": "loralib", "r"/);
  });

  test('blocks that do not fit its outputs, another library', () => {
    const model = movedModel(gpt2, onTargets(lora({ rank: 3 }), ['c_attn']));
    const config = { library: 'loralib', r: 3, lora_alpha: 5, enable_lora: [true, false, true, false, true] };
    const folder = write(model, 'adapter_model.safetensors', config, named, form);
    expect(() => loadAdapter(gpt2, folder)).toThrow(/36 outputs of .*c_attn do not fall into 5 equal blocks/);
    const other = write(model, 'adapter_model.safetensors', { ...config, library: 'adapters' }, named, form);
    expect(() => openAdapter(other)).toThrow(/adapters of adapters are not read/);
  });
});

describeWithShared('the recorded MergedLinear', () => {
  const at = (name: string): string => shared(`fixtures/runs/loralib-merged-linear/${name}`);

  test("gives the recorded logits, and in PEFT's format the recorded tensors", () => {
    const base = loadBase(openCheckpoint(shared('fixtures/runs/bases/gpt2')));
    const model = loadAdapter(base, at('adapter_final'));
    const expected = openSafetensors(at('expected.safetensors'));
    const { data, shape } = expected.readRaw('input_ids');
    const ids = Int32Array.from(data as Int32Array);
    const got = model.logits(tokenBatch(ids, ids, { lanes: 1, length: shape[1]! })).dataSync<'float32'>();
    const wanted = expected.read('logits_final').data;
    expect(got.reduce((most, value, i) => Math.max(most, Math.abs(value - wanted[i]!)), 0)).toBeLessThan(1e-4);
    const folder = path.join(temporaryFolder(), 'saved');
    mkdirSync(folder);
    saveAdapter(model, 0, folder, { base: 'gpt2' });
    const [ours, theirs] = [folder, at('adapter_final_peft')].map((where) =>
      openSafetensors(path.join(where, 'adapter_model.safetensors')),
    );
    expect([...ours!.tensors.keys()]).toEqual([...theirs!.tensors.keys()]);
    for (const key of ours!.tensors.keys()) expect(ours!.read(key)).toEqual(theirs!.read(key));
  });
});
