/** A tiny checkpoint as transformers and bitsandbytes save it in 4 bits. */
import { mkdirSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { DYNAMIC8 } from '../../src/adapters/storage/codec/dynamicMap.ts';
import { FP4, NF4 } from '../../src/adapters/storage/codec/codes.ts';
import { type Packing, packMatrix } from '../../src/adapters/storage/codec/packedMatrix.ts';
import { type TensorToWrite, writeSafetensors } from '../../src/checkpoint/writeSafetensors.ts';
import { architectureOf } from '../../src/families/index.ts';
import { sitesOf } from '../../src/families/sites.ts';
import { transposed } from '../../src/tensor/transposed.ts';
import type { WeightSource } from '../../src/train/base.ts';

type Tensors = Map<string, TensorToWrite>;

/** `edit` changes the tensors before they are written. */
export function writeQuantized(
  folder: string,
  source: WeightSource,
  packing: Packing,
  edit: (tensors: Tensors) => void = () => {},
): void {
  mkdirSync(folder, { recursive: true });
  const tensors: Tensors = new Map();
  for (const { tensor, held, order, shape } of sitesOf(architectureOf(source.config))) {
    const { data, shape: stored } = source.read(tensor);
    if (held !== 'packed') tensors.set(tensor, { shape: stored, data });
    else {
      const outIn = order === 'outIn' ? data : transposed(data, ...shape);
      addCodes(tensors, tensor, outIn, [shape[1], shape[0]], packing);
    }
  }
  edit(tensors);
  writeSafetensors(path.join(folder, 'model.safetensors'), tensors);
  const quantization = { quant_method: 'bitsandbytes', load_in_4bit: true };
  writeFileSync(
    path.join(folder, 'config.json'),
    JSON.stringify({ ...source.config, quantization_config: quantization }),
  );
}

function addCodes(
  tensors: Tensors,
  weight: string,
  values: Float32Array,
  shape: [number, number],
  packing: Packing,
): void {
  const packed = packMatrix(values, shape, packing);
  const add = (name: string, data: Float32Array | Uint8Array): unknown =>
    tensors.set(name, { shape: [data.length], data });
  const state = { quant_type: packing.kind, blocksize: packing.blockSize, dtype: 'float32', shape };
  tensors.set(weight, { shape: [packed.codes.length, 1], data: packed.codes });
  add(`${weight}.quant_map`, (packing.kind === 'nf4' ? NF4 : FP4).values);
  if ('absmax' in packed) {
    add(`${weight}.absmax`, packed.absmax);
    addState(tensors, weight, state);
    return;
  }
  const { codes, nestedAbsmax, offset } = packed.double;
  add(`${weight}.absmax`, codes);
  add(`${weight}.nested_absmax`, nestedAbsmax);
  add(`${weight}.nested_quant_map`, DYNAMIC8.values);
  addState(tensors, weight, { ...state, nested_blocksize: 256, nested_dtype: 'float32', nested_offset: offset });
}

/** Writes or replaces what a weight's quant_state says. */
export function addState(
  tensors: Tensors,
  weight: string,
  state: { readonly quant_type: string; readonly [field: string]: unknown },
): void {
  const data = new Uint8Array(Buffer.from(JSON.stringify(state)));
  tensors.set(`${weight}.quant_state.bitsandbytes__${state.quant_type}`, { shape: [data.length], data });
}
