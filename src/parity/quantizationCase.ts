/** Compares our 4-bit codes, scales and restored numbers with recorded ones, byte for byte. */
import { withSafetensors } from './runCase.ts';
import { type Deviation, largestDifference } from './caseResult.ts';
import { BLOCK_SIZES, packMatrix, unpackMatrix } from '../adapters/storage/codec/packedMatrix.ts';
import type { SafetensorsFile } from '../checkpoint/safetensors.ts';

const kinds = ['nf4', 'fp4'] as const;

/** Formats that a case holds: nf4, fp4, int8. */
export function formatsOf(file: string): string[] {
  return withSafetensors(file, ({ tensors }) =>
    [...kinds, 'int8'].filter((kind) => [...tensors.keys()].some((key) => key.startsWith(`${kind}.`))),
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
  note(`${kind}.dequantised`, largestDifference(unpackMatrix(plain), numbers('dequantised')));
  if (!opened.tensors.has(`${key}.double.dequantised`)) return;
  const nested = packMatrix(input, [1, input.length], { kind, blockSize, double: true });
  if ('double' in nested) {
    const { codes, nestedAbsmax, offset } = nested.double;
    // with one block the code of its absmax has no meaning: what it is multiplied with is zero
    if (codes.length > 1) note(`${kind}.double.absmaxCodes`, largestDifference(codes, bytes('double.absmaxCodes')));
    note(`${kind}.double.nestedAbsmax`, largestDifference(nestedAbsmax, numbers('double.nestedAbsmax')));
    note(`${kind}.double.offset`, beyondEmpty(Float32Array.of(offset), numbers('double.offset')));
  }
  note(`${kind}.double.dequantised`, largestDifference(unpackMatrix(nested), numbers('double.dequantised')));
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

/** The scale of a block of zeros may be 0 or 1e-38, and so may the mean of such scales. */
function beyondEmpty(got: Float32Array, wanted: Float32Array): number {
  const plain = (x: number): number => (x <= 2e-38 ? 0 : x);
  return largestDifference(Array.from(got, plain), Array.from(wanted, plain));
}
