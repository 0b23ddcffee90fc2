/** A tensor with the codes, scales and restored numbers that bitsandbytes gave for it: one file, the key `input` and `<format>.….codes`. */
import path from 'node:path';
import { Unsupported } from '../errors.ts';
import type { CaseFolder } from './caseFolder.ts';
import type { Deviation } from './caseResult.ts';
import { compareBlocks4, compareBlocks8, compareRows8, type RecordedVector } from './compareCodes.ts';
import type { Kind } from './kind.ts';
import { withSafetensors } from './runCase.ts';

/** By format, what compares the tensors below a key (`nf4.64`, `int8`); a block size of null where the key has none. */
const formats: {
  readonly [format: string]: (vector: RecordedVector, key: string, blockSize: number | null) => void;
} = {
  nf4: (vector, key, blockSize) => compareBlocks4(vector, key, 'nf4', blockSize),
  fp4: (vector, key, blockSize) => compareBlocks4(vector, key, 'fp4', blockSize),
  int8: compareRows8,
  dynamic8: compareBlocks8,
};

export const quantizationCase: Kind = {
  kind: 'quantization',
  find,
  knownTypes: Object.keys(formats),
  types: formatsOf,
  check: (file, { only }) => ({ deviations: compareQuantization(file, only) }),
};

/** Formats that a case holds, known or not. */
export function formatsOf(file: string): string[] {
  return [...new Set(codesOf(file).map(({ format }) => format))];
}

/** Every `<format>.codes` and `<format>.<block size>.codes` of a file. */
function codesOf(file: string): { key: string; format: string; blockSize: number | null }[] {
  return withSafetensors(file, ({ tensors }) =>
    [...tensors.keys()].flatMap((name) => {
      const [, key, format, blockSize] = /^(([^.]+)(?:\.(\d+))?)\.codes$/.exec(name) ?? [];
      return key ? [{ key, format, blockSize: blockSize === undefined ? null : Number(blockSize) }] : [];
    }),
  );
}

/** Codes and scales to the bit, restored numbers to the rounding of their type. `only`: formats to compare, all when null. */
export function compareQuantization(file: string, only: readonly string[] | null): { [what: string]: Deviation } {
  const wanted = codesOf(file).filter(({ format }) => !only || only.includes(format));
  const strange = wanted.find(({ format }) => !Object.hasOwn(formats, format));
  if (strange)
    throw new Unsupported(
      `the format ${strange.format} is not there yet; there are ${Object.keys(formats).join(', ')}`,
    );
  const deviations: { [what: string]: Deviation } = {};
  const note = (what: string, value: number): void => {
    deviations[what] = { value: Math.max(deviations[what]?.value ?? 0, value), tolerance: 0 };
  };
  withSafetensors(file, (opened) => {
    const vector = { opened, input: opened.read('input'), note };
    for (const { key, format, blockSize } of wanted) formats[format](vector, key, blockSize);
  });
  return deviations;
}

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
