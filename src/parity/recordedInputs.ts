/**
 * Inputs as reference cases store them: `input_ids` [.., rows, length] with `attention_mask` and `token_type_ids` of the same shape
 * where there are such, or `pixel_values` [.., rows, channels, height, width]; `labels` one a token, or one a row.
 */
import { ignored } from '../blocks/tokenBatch.ts';
import type { SafetensorsFile } from '../checkpoint/safetensors.ts';
import { RequestError } from '../errors.ts';
import type { Architecture, TransformerArchitecture } from '../families/architecture.ts';
import { classesOf, type LaneBatch, type LaneImages, predictsOf } from '../train/laneBatch.ts';

export interface RecordedInputs {
  /** Axes before a row's own: steps and rows, or rows alone. */
  readonly shape: readonly number[];
  /** Rows from … up to …, counted through all steps. */
  rows(from: number, until: number): LaneBatch | LaneImages;
}

/** `axes`: how many come before a row's own. Inputs without labels get some that mean nothing. Throws for what does not fit the network. */
export function recordedInputs(opened: SafetensorsFile, axes: number, architecture: Architecture): RecordedInputs {
  return architecture.type === 'transformer'
    ? recordedTokens(opened, axes, architecture)
    : recordedImages(opened, axes, architecture.labels);
}

function recordedTokens(opened: SafetensorsFile, axes: number, architecture: TransformerArchitecture): RecordedInputs {
  const { vocabulary, tokenTypes } = architecture;
  const perSequence = predictsOf(architecture) === 'sequence';
  const { shape, data: ids } = integers(opened, 'input_ids');
  const length = shape.at(-1)!;
  if (shape.length !== axes + 1)
    throw new Error(`${opened.file}: input_ids should have ${axes + 1} axes, but is [${shape.join(', ')}]`);
  check(opened, 'input_ids', ids, vocabulary, 'token');
  const beside = (key: string, count: number, what: string): Int32Array | null => {
    if (!opened.tensors.has(key)) return null;
    const { shape: found, data } = integers(opened, key);
    expectShape(opened, key, found, shape);
    check(opened, key, data, count, what);
    return data;
  };
  const attentionMask = beside('attention_mask', 2, 'entry of a mask of 0 and 1');
  const types = beside('token_type_ids', tokenTypes, 'token type');
  const labels = labelsOf(opened, perSequence ? shape.slice(0, -1) : shape, architecture);
  const width = perSequence ? 1 : length;
  return {
    shape: shape.slice(0, -1),
    rows: (from, until) => {
      const of = <T extends Int32Array>(values: T): T => values.slice(from * length, until * length) as T;
      return {
        length,
        ids: of(ids),
        labels: labels.slice(from * width, until * width),
        ...(attentionMask && { attentionMask: of(attentionMask) }),
        ...(types && { tokenTypes: of(types) }),
      };
    },
  };
}

function recordedImages(opened: SafetensorsFile, axes: number, classes: number): RecordedInputs {
  const { shape, data } = opened.read('pixel_values');
  if (shape.length !== axes + 3)
    throw new Error(`${opened.file}: pixel_values should have ${axes + 3} axes, but is [${shape.join(', ')}]`);
  const [channels, height, width] = shape.slice(axes) as [number, number, number];
  const leading = shape.slice(0, axes);
  const size = channels * height * width;
  const labels = classLabels(opened, leading, classes);
  return {
    shape: leading,
    rows: (from, until) => ({
      pixels: data.slice(from * size, until * size),
      shape: [channels, height, width],
      labels: labels.slice(from, until),
    }),
  };
}

function labelsOf(
  opened: SafetensorsFile,
  shape: readonly number[],
  architecture: TransformerArchitecture,
): Int32Array | Float32Array {
  const { head } = architecture;
  if (head.task !== 'sequence-classification' || !head.regression)
    return classLabels(opened, shape, classesOf(architecture));
  if (!opened.tensors.has('labels')) return new Float32Array(sizeOf(shape));
  const { shape: found, data } = opened.readRaw('labels');
  expectShape(opened, 'labels', found, shape);
  return Float32Array.from(data as ArrayLike<number>);
}

function classLabels(opened: SafetensorsFile, shape: readonly number[], classes: number): Int32Array {
  if (!opened.tensors.has('labels')) return new Int32Array(sizeOf(shape));
  const { shape: found, data } = integers(opened, 'labels');
  expectShape(opened, 'labels', found, shape);
  check(opened, 'labels', data, classes, 'label', ignored);
  return data;
}

const sizeOf = (shape: readonly number[]): number => shape.reduce((a, b) => a * b, 1);

function integers(opened: SafetensorsFile, key: string): { shape: readonly number[]; data: Int32Array } {
  const { dtype, shape, data } = opened.readRaw(key);
  if (!/^([IU]\d+|BOOL)$/.test(dtype))
    throw new RequestError(`${opened.file}: tensor ${key} is ${dtype}, expected whole numbers (I32, I64, U8, BOOL)`);
  return { shape, data: Int32Array.from(data as ArrayLike<number>, Number) };
}

function expectShape({ file }: SafetensorsFile, key: string, found: readonly number[], shape: readonly number[]): void {
  if (found.join() !== shape.join())
    throw new Error(`${file}: ${key} should have the shape [${shape.join(', ')}], but has [${found.join(', ')}]`);
}

function check(
  { file }: SafetensorsFile,
  key: string,
  values: Int32Array,
  count: number,
  what: string,
  besides?: number,
): void {
  const at = values.findIndex((value) => (value < 0 || value >= count) && value !== besides);
  if (at >= 0)
    throw new Error(`${file}: ${key}: number ${at} is ${values[at]}, which is no ${what}: they are 0 to ${count - 1}`);
}
