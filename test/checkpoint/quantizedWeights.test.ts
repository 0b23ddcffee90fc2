import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { openCheckpoint } from '../../src/checkpoint/folder.ts';
import { quantizedNames } from '../../src/checkpoint/quantizedWeights.ts';
import type { TensorToWrite } from '../../src/checkpoint/writeSafetensors.ts';
import { RequestError } from '../../src/errors.ts';
import { tinyGpt2, tinyLlama } from '../tinyLlama.ts';
import { addState, writeQuantized } from './quantizedCheckpoint.ts';

let folder: string;
beforeEach(() => {
  folder = mkdtempSync(path.join(os.tmpdir(), 'adapterlab-'));
});
afterEach(() => rmSync(folder, { recursive: true, force: true }));

const weight = 'model.layers.0.mlp.down_proj.weight';
const stateOf = `${weight}.quant_state.bitsandbytes__nf4`;
type Tensors = Map<string, TensorToWrite>;

function opened<T>(use: (checkpoint: ReturnType<typeof openCheckpoint>) => T): T {
  const checkpoint = openCheckpoint(folder);
  try {
    return use(checkpoint);
  } finally {
    checkpoint.close();
  }
}

describe('a checkpoint in 4 bits', () => {
  test('names its weights alone, in the shape of a linear map', () => {
    writeQuantized(folder, tinyLlama(), { kind: 'nf4', blockSize: 64, double: true });
    opened((checkpoint) => {
      const [outputs, inputs] = tinyLlama().read(weight).shape;
      expect(checkpoint.names()).toEqual(tinyLlama().names().toSorted());
      expect(checkpoint.has(`${weight}.absmax`)).toBe(false);
      expect(checkpoint.shape(weight)).toEqual([outputs, inputs]);
      expect(checkpoint.isQuantized(weight)).toBe(true);
      expect(checkpoint.isQuantized('lm_head.weight')).toBe(false);
      expect(checkpoint.quantized('lm_head.weight')).toBeNull();
      expect(checkpoint.quantized(weight)).toMatchObject({ kind: 'nf4', blockSize: 64, shape: [outputs, inputs] });
      expect(() => checkpoint.read(weight)).toThrow(/down_proj\.weight is in 4 bits \(nf4\), where full numbers/);
    });
  });

  test('may have a short last block, which has a scale as well', () => {
    writeQuantized(folder, tinyLlama(), { kind: 'nf4', blockSize: 4096, double: false });
    opened((checkpoint) => expect(checkpoint.quantized(weight)!.scales).toHaveLength(1));
  });

  test("has GPT-2's kernels turned", () => {
    writeQuantized(folder, tinyGpt2(), { kind: 'fp4', blockSize: 64, double: false });
    const name = 'transformer.h.0.attn.c_attn.weight';
    const [inputs, outputs] = tinyGpt2().read(name).shape;
    opened((checkpoint) => expect(checkpoint.shape(name)).toEqual([outputs, inputs]));
  });

  const without = (name: string) => (t: Tensors) => void t.delete(name);
  const replaced = (name: string, data: TensorToWrite['data']) => (t: Tensors) =>
    void t.set(name, { shape: [data.length], data });
  const said = (changes: object) => (t: Tensors) => {
    const state = JSON.parse(Buffer.from(t.get(stateOf)!.data as Uint8Array).toString()) as { quant_type: string };
    t.delete(stateOf);
    addState(t, weight, { ...state, quant_type: 'nf4', ...changes });
  };

  test.each<[string, (tensors: Tensors) => void, RegExp]>([
    ['without scales', without(`${weight}.absmax`), /no tensor .*down_proj\.weight\.absmax; closest/],
    ['without scales of scales', without(`${weight}.nested_absmax`), /no tensor .*nested_absmax/],
    ['without values', without(`${weight}.quant_map`), /no tensor .*quant_map/],
    [
      'with too few codes',
      replaced(weight, new Uint8Array(7)),
      /weight should hold \d+ bytes of codes, but is \[7\] of U8/,
    ],
    ['with codes of another type', replaced(weight, new Float32Array(3)), /but is \[3\] of F32/],
    ['with too few scales', replaced(`${weight}.absmax`, new Uint8Array(1)), /absmax should hold \d+ bytes/],
    [
      'with scales of integers',
      replaced(`${weight}.absmax`, new Int32Array(6)),
      /absmax should hold \d+ numbers of F32, but is \[6\] of I32/,
    ],
    [
      'with an infinite scale',
      replaced(`${weight}.nested_absmax`, Float32Array.of(Infinity)),
      /nested_absmax: number 0 of 1 is Infinity/,
    ],
    ['with 15 values', replaced(`${weight}.quant_map`, new Float32Array(15)), /quant_map should hold 16 numbers/],
    [
      'with a state that is no JSON',
      replaced(stateOf, Uint8Array.of(123, 10)),
      /quant_state\.bitsandbytes__nf4: not JSON/,
    ],
    ['with a state that is no text', replaced(stateOf, Uint8Array.of(255, 254)), /quant_state.*not JSON/],
    [
      'with a state of numbers',
      replaced(stateOf, new Float32Array(3)),
      /expected a JSON object in U8, found 12 bytes of F32/,
    ],
    [
      'with a state without end',
      replaced(stateOf, new Uint8Array(70_000)),
      /expected a JSON object in U8, found 70000/,
    ],
    ['of another shape', said({ shape: [5, 5] }), /weight should hold 13 bytes of codes/],
    ['of a shape that is none', said({ shape: [0, 5] }), /quant_state.*shape/],
    ['of three sides', said({ shape: [2, 2, 2] }), /quant_state.*shape/],
    ['of a huge shape', said({ shape: [1e9, 1e9] }), /should hold 5000*0 bytes/],
    ['of blocks of nothing', said({ blocksize: 0 }), /quant_state.*blocksize/],
    ['of another type of numbers', said({ dtype: 'float64' }), /quant_state.*dtype/],
    [
      'that does not say how scales are coded',
      said({ nested_offset: undefined }),
      /scales in 8 bits, but its quant_state does not say/,
    ],
    ['with an offset that is none', said({ nested_offset: 'x' }), /quant_state.*nested_offset/],
  ])('refuses a weight %s', (_what, edit, message) => {
    writeQuantized(folder, tinyLlama(), { kind: 'nf4', blockSize: 64, double: true }, edit);
    const read = (): unknown => opened((checkpoint) => checkpoint.quantized(weight));
    expect(read).toThrow(RequestError);
    expect(read).toThrow(message);
  });

  test('refuses a state of another kind than its name says', () => {
    writeQuantized(folder, tinyLlama(), { kind: 'nf4', blockSize: 64, double: true }, (tensors) => {
      const data = new Uint8Array(
        Buffer.from(
          Buffer.from(tensors.get(stateOf)!.data as Uint8Array)
            .toString()
            .replace('nf4', 'fp4'),
        ),
      );
      tensors.set(stateOf, { shape: [data.length], data });
    });
    expect(() => opened((checkpoint) => checkpoint.quantized(weight))).toThrow(/its quant_type is fp4/);
  });

  test('refuses a weight of two kinds', () => {
    const names = ['nf4', 'fp4'].map((kind) => `w.quant_state.bitsandbytes__${kind}`);
    expect(() => quantizedNames(names)).toThrow(/w has two quant_states: nf4 and fp4/);
  });

  test('that is cut off says so when opened', () => {
    writeQuantized(folder, tinyLlama(), { kind: 'nf4', blockSize: 64, double: true });
    const file = path.join(folder, 'model.safetensors');
    writeFileSync(file, readFileSync(file).subarray(0, -100));
    expect(() => opened(() => 0)).toThrow(RequestError);
  });
});
