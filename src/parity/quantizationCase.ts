/** Compares our 4-bit codes, scales and restored numbers with recorded ones, byte for byte. */
import { withSafetensors } from './runCase.ts';
import { type Deviation, largestDifference } from './caseResult.ts';
import { NESTED_BLOCK } from '../adapters/storage/codec/doubleQuantization.ts';
import { BLOCK_SIZES, packMatrix, unpackMatrix } from '../adapters/storage/codec/packedMatrix.ts';
import { Unsupported } from '../errors.ts';
import type { SafetensorsFile } from '../checkpoint/safetensors.ts';
import path from 'node:path';
import type { CaseFolder } from './caseFolder.ts';
import type { Kind } from './kind.ts';

const kinds = ['nf4', 'fp4'] as const;

/** Formats that a case may hold. */
const quantizationFormats: readonly string[] = [...kinds, 'int8'];

/** Formats that are checked. */
const known = ['nf4'];

export const quantizationCase: Kind = {
  kind: 'quantization',
  find,
  knownTypes: quantizationFormats,
  types: formatsOf,
  check(file, only) {
    const wanted = formatsOf(file).filter((format) => !only || only.includes(format));
    const formats = wanted.filter((format) => known.includes(format));
    if (formats.length === 0)
      throw new Unsupported(`the format ${wanted.join(', ')} is not there yet; there is ${known.join(', ')}`);
    return { deviations: compareQuantization(file, formats) };
  },
};

/** Loose safetensors files with the key `input` and codes of some format, or that cannot be opened. */
function find(folder: CaseFolder): string[] {
  if (['case.json', 'config.json', 'adapter_config.json'].some((name) => folder.has(name))) return [];
  const candidates = folder.files.filter((name) => name.endsWith('.safetensors'));
  return candidates.map((name) => path.join(folder.path, name)).filter(isQuantization);
}

function isQuantization(file: string): boolean {
  try {
    return withSafetensors(file, ({ tensors }) => {
      const names = [...tensors.keys()];
      return names.includes('input') && names.some((name) => name.endsWith('.codes'));
    });
  } catch {
    return true;
  }
}

/** Formats that a case holds: nf4, fp4, int8. */
export function formatsOf(file: string): string[] {
  return withSafetensors(file, ({ tensors }) =>
    quantizationFormats.filter((kind) => [...tensors.keys()].some((key) => key.startsWith(`${kind}.`))),
  );
}

/** Exact for codes; restored numbers and scales to float32's rounding. `formats`: which of the case's formats to compare. */
export function compareQuantization(file: string, formats: readonly string[]): { [what: string]: Deviation } {
  const deviations: { [what: string]: Deviation } = {};
  const note = (what: string, value: number): void => {
    deviations[what] = { value: Math.max(deviations[what]?.value ?? 0, value), tolerance: 0 };
  };
  withSafetensors(file, (opened) => {
    const input = opened.read('input').data;
    for (const kind of kinds.filter((k) => formats.includes(k)))
      for (const blockSize of BLOCK_SIZES.filter((size) => opened.tensors.has(`${kind}.${size}.codes`)))
        compareBlocks(opened, input, kind, blockSize, note);
  });
  if (Object.keys(deviations).length === 0)
    throw new Unsupported(`the case holds no blocks of a known size; known are ${BLOCK_SIZES.join(', ')}`);
  return deviations;
}

function compareBlocks(
  opened: SafetensorsFile,
  input: Float32Array,
  kind: (typeof kinds)[number],
  blockSize: number,
  note: (what: string, value: number) => void,
): void {
  const key = `${kind}.${blockSize}`;
  const bytes = (name: string): Uint8Array => opened.readRaw(`${key}.${name}`).data as Uint8Array;
  const numbers = (name: string): Float32Array => opened.read(`${key}.${name}`).data;
  const plain = packMatrix(input, [1, input.length], { kind, blockSize, double: false });
  note(`${kind}.codes`, differentValues(kind, plain.codes, bytes('codes')));
  if ('absmax' in plain) note(`${kind}.absmax`, beyondEmpty(plain.absmax, numbers('absmax')));
  note(`${kind}.dequantised`, beyondRounding(unpackMatrix(plain), opened, `${key}.dequantised`));
  if (!opened.tensors.has(`${key}.double.dequantised`)) return;
  const nested = packMatrix(input, [1, input.length], { kind, blockSize, double: true });
  if ('double' in nested) {
    const { codes, nestedAbsmax, offset } = nested.double;
    const wanted = numbers('double.nestedAbsmax');
    note(`${kind}.double.absmaxCodes`, differentCodes(codes, bytes('double.absmaxCodes'), wanted));
    note(`${kind}.double.nestedAbsmax`, beyondEmpty(nestedAbsmax, wanted));
    note(`${kind}.double.offset`, beyondEmpty(Float32Array.of(offset), numbers('double.offset')));
  }
  note(`${kind}.double.dequantised`, beyondRounding(unpackMatrix(nested), opened, `${key}.double.dequantised`));
}

/** Codes that differ in value: FP4 has two zeros, 0 and 8. */
function differentValues(kind: string, got: Uint8Array, wanted: Uint8Array): number {
  const same = (code: number): number => (kind === 'fp4' && code === 8 ? 0 : code);
  if (got.length !== wanted.length) return Infinity;
  return got.reduce((count, byte, i) => {
    const other = wanted[i];
    return count + Number(same(byte >> 4) !== same(other >> 4) || same(byte & 15) !== same(other & 15));
  }, 0);
}

/** Codes of scales that differ; those of a block whose numbers are all alike have no meaning, as they are multiplied with zero. */
function differentCodes(got: Uint8Array, wanted: Uint8Array, nestedAbsmax: Float32Array): number {
  if (got.length !== wanted.length) return Infinity;
  return got.filter((code, i) => code !== wanted[i] && unlessEmpty(nestedAbsmax[Math.floor(i / NESTED_BLOCK)]) > 0)
    .length;
}

/** The scale of a block of zeros may be 0 or 1e-38, and so may what is made of such scales. */
const unlessEmpty = (scale: number): number => (scale <= 2e-38 ? 0 : scale);

function beyondEmpty(got: Float32Array, wanted: Float32Array): number {
  return largestDifference(Array.from(got, unlessEmpty), Array.from(wanted, unlessEmpty));
}

/** What storing a number in this type may change it by, relative to it. */
const rounding: { readonly [dtype: string]: number } = { F16: 2 ** -11, BF16: 2 ** -8 };

/** How far the restored numbers are from the recorded ones, beyond what the recorded type cannot tell apart. */
function beyondRounding(got: Float32Array, opened: SafetensorsFile, key: string): number {
  const wanted = opened.read(key).data;
  const share = rounding[opened.tensors.get(key)!.dtype] ?? 0;
  if (share === 0 || got.length !== wanted.length) return largestDifference(got, wanted);
  return largestDifference(
    got.map((value, i) => (Math.abs(value - wanted[i]) <= share * Math.abs(value) ? wanted[i] : value)),
    wanted,
  );
}
