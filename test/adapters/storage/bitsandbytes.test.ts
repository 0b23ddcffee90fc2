/** Bases and layers that bitsandbytes saved in 4 bits. */
import { existsSync, mkdtempSync, readdirSync, rmSync } from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { afterEach, beforeAll, beforeEach, describe, expect, test } from 'vitest';
import { fromBitsandbytes, type SavedCodes } from '../../../src/adapters/storage/bitsandbytes.ts';
import { fourBit } from '../../../src/adapters/storage/fourBit.ts';
import { nf4 } from '../../../src/adapters/storage/nf4.ts';
import { openCheckpoint } from '../../../src/checkpoint/folder.ts';
import { quantizedNames, readQuantized } from '../../../src/checkpoint/quantizedWeights.ts';
import { openSafetensors } from '../../../src/checkpoint/safetensors.ts';
import { RequestError, Unsupported } from '../../../src/errors.ts';
import { startEngine } from '../../../src/tensor/engine.ts';
import type { Frozen } from '../../../src/tensor/frozen.ts';
import { type Base, loadBase } from '../../../src/train/base.ts';
import { writeQuantized } from '../../checkpoint/quantizedCheckpoint.ts';
import { describeWithShared, shared } from '../../shared.ts';
import { tinyGpt2, tinyLlama } from '../../tinyLlama.ts';

beforeAll(() => startEngine());

let folder: string;
beforeEach(() => {
  folder = mkdtempSync(path.join(os.tmpdir(), 'adapterlab-'));
});
afterEach(() => rmSync(folder, { recursive: true, force: true }));

const numbers = (kernel: Frozen): Float32Array => {
  let values: Float32Array = new Float32Array();
  kernel.use((matrix) => {
    values = matrix.dataSync().slice() as Float32Array;
    return 0;
  });
  return values;
};

function load(storage = undefined as Parameters<typeof loadBase>[1]): Base {
  const checkpoint = openCheckpoint(folder);
  try {
    return loadBase(checkpoint, storage);
  } finally {
    checkpoint.close();
  }
}

describe.each([
  ['llama', tinyLlama, 'nf4', true],
  ['llama', tinyLlama, 'fp4', false],
  ['gpt2', tinyGpt2, 'nf4', false],
  ['gpt2', tinyGpt2, 'fp4', true],
] as const)('a base saved in 4 bits: %s %s %s double %s', (_family, network, kind, double) => {
  test('is the base that our storage makes of the full one, held in as many bytes', () => {
    const packing = { kind, blockSize: 64, double };
    writeQuantized(folder, network(), packing);
    const storage = fourBit(kind, packing);
    const [saved, again, made] = [load(), load(storage), loadBase(network(), storage)];
    for (const base of [saved, again]) {
      expect(base.storage).toEqual(storage.spec);
      expect(base.bytes).toBe(made.bytes);
      expect(base.parameters).toBe(made.parameters);
      expect(base.config).not.toHaveProperty('quantization_config');
      for (const { name, kind: site } of base.sites.filter((one) => one.kind === 'linear'))
        expect([site, numbers(base.weights.kernel(name))]).toEqual([site, numbers(made.weights.kernel(name))]);
    }
    for (const base of [saved, again, made]) base.dispose();
  });
});

describe('a base saved in 4 bits', () => {
  const packing = { kind: 'nf4', blockSize: 64, double: true } as const;

  test('is not rounded once more', () => {
    writeQuantized(folder, tinyLlama(), packing);
    expect(() => load(nf4({ blockSize: 128 }))).toThrow(RequestError);
    expect(() => load(nf4({ blockSize: 128 }))).toThrow(
      /saved in .*"blockSize":64.*cannot be rounded once more to .*128/,
    );
  });

  test.each([
    [{ quant_method: 'gptq', bits: 4 }, /quantized by gptq/],
    [{ quant_method: 'bitsandbytes', load_in_8bit: true }, /quantized by bitsandbytes in 8 bits/],
    [{ bits: 4 }, /quantized by an unknown method/],
  ])('in another way is declined: %j', (quantization, message) => {
    const source = tinyLlama();
    const load = (): unknown =>
      loadBase({ ...source, config: { ...source.config, quantization_config: quantization } });
    expect(load).toThrow(Unsupported);
    expect(load).toThrow(message);
  });

  test('of another shape than config.json says', () => {
    writeQuantized(folder, tinyLlama({ intermediate_size: 48 }), packing);
    const checkpoint = openCheckpoint(folder);
    const wrong = { ...checkpoint, config: tinyLlama().config };
    expect(() => loadBase(wrong)).toThrow(/should have the shape \[.*\] by config\.json, but has/);
    checkpoint.close();
  });
});

describe('saved codes', () => {
  const saved = (changes: Partial<SavedCodes>): SavedCodes => ({
    kind: 'nf4',
    shape: [2, 2],
    blockSize: 64,
    dtype: 'float32',
    codes: Uint8Array.of(0x0f, 0x7f),
    values: nf4Values,
    scales: Float32Array.of(3.001),
    ...changes,
  });
  const nf4Values = Float32Array.from([
    -1.0, -0.6961928009986877, -0.5250730514526367, -0.39491748809814453, -0.28444138169288635, -0.18477343022823334,
    -0.09105003625154495, 0.0, 0.07958029955625534, 0.16093020141124725, 0.24611230194568634, 0.33791524171829224,
    0.44070982933044434, 0.5626170039176941, 0.7229568362236023, 1.0,
  ]);

  test.each([
    ['float32', Math.fround(3.001)],
    ['float16', 3.001953125],
    ['bfloat16', 3],
  ] as const)('come back as %s', (dtype, three) => {
    const { kernel, spec } = fromBitsandbytes(saved({ dtype }));
    expect([...numbers(kernel)]).toEqual([-three, 0, three, three]);
    expect(kernel.bytes).toBe(6);
    expect(spec).toEqual({ type: 'nf4', blockSize: 64, double: false });
  });

  test.each<[string, Partial<SavedCodes>, RegExp]>([
    ['of another kind', { kind: 'af4' }, /codes of af4 are not known/],
    ['of a kind that every object has', { kind: 'toString' }, /codes of toString are not known/],
    ['with other values', { values: nf4Values.with(3, -0.4) }, /do not stand for the values of nf4/],
    ['in other blocks', { blockSize: 48 }, /blocks have 48 numbers/],
    [
      'with scales on another map',
      {
        scales: {
          codes: Uint8Array.of(1),
          values: new Float32Array(256),
          absmax: Float32Array.of(1),
          blockSize: 256,
          offset: 0,
        },
      },
      /scales are not in blocks of 256 on the signed dynamic map/,
    ],
  ])('%s are refused', (_what, changes, message) => {
    expect(() => fromBitsandbytes(saved(changes))).toThrow(RequestError);
    expect(() => fromBitsandbytes(saved(changes))).toThrow(message);
  });
});

describeWithShared('layers as bitsandbytes stores them', () => {
  const runs = shared('fixtures/runs');
  const files = readdirSync(runs)
    .map((name) => path.join(runs, name, 'quantized.safetensors'))
    .filter((file) => existsSync(file));

  test('are there', () => expect(files.length).toBeGreaterThan(5));

  test.each(files.map((file) => [path.basename(path.dirname(file)), file]))('%s', (_name, file) => {
    const opened = openSafetensors(file);
    const { kinds } = quantizedNames(opened.tensors.keys());
    expect(kinds.size).toBeGreaterThan(0);
    for (const [weight, kind] of kinds) {
      const saved = readQuantized(weight, kind, () => opened);
      const { kernel } = fromBitsandbytes(saved);
      const [outputs, inputs] = saved.shape;
      const wanted = opened.read(weight.replace(/\.weight$/, '.dequantised'));
      expect(wanted.shape).toEqual([outputs, inputs]);
      const got = numbers(kernel);
      expect(wanted.data.every((value, i) => got[(i % inputs) * outputs + Math.floor(i / inputs)] === value)).toBe(
        true,
      );
    }
    opened.close();
  });
});
