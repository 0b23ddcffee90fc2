/** What a run trains on in one step, on the host: token rows or images of all lanes, one lane after the other. */
import type { Batch } from '../blocks/batch.ts';
import { imageBatch } from '../blocks/imageBatch.ts';
import { ignored, tokenBatch, type Predicts } from '../blocks/tokenBatch.ts';
import { RequestError } from '../errors.ts';
import { type Architecture, taskOf, type TransformerArchitecture } from '../families/architecture.ts';

export interface LaneBatch {
  readonly ids: Int32Array;
  /** As many as ids; for a classifier one a sequence, classes or (Float32Array) numbers. */
  readonly labels: Int32Array | Float32Array;
  readonly length: number;
  /** 1 for a token, 0 for padding; absent: nothing is padded. */
  readonly attentionMask?: Int32Array;
  readonly tokenTypes?: Int32Array;
}

export interface LaneImages {
  /** [images, channels, height, width] */
  readonly pixels: Float32Array;
  /** Channels, height, width. */
  readonly shape: readonly [number, number, number];
  readonly labels: Int32Array;
}

/** The batch that a network reads. A RequestError for a number that is no token or no label of it. */
export function batchFor(
  architecture: Architecture,
  given: LaneBatch | LaneImages,
  { lanes, share = 1 }: { readonly lanes: number; readonly share?: number },
): Batch {
  if ('pixels' in given) {
    if (architecture.type !== 'convNet') throw new RequestError('this network reads tokens, not images');
    checkClasses('label', given.labels, architecture.labels);
    return imageBatch(given.pixels, given.labels, { lanes, share, shape: given.shape });
  }
  if (architecture.type !== 'transformer') throw new RequestError('this network reads images, not tokens');
  const { ids, length, attentionMask, tokenTypes } = given;
  const labels = isRegression(architecture) ? Float32Array.from(given.labels) : given.labels;
  if (labels instanceof Float32Array && !isRegression(architecture))
    throw new RequestError('the labels are numbers, but this network tells classes apart');
  checkClasses('token', ids, architecture.vocabulary);
  if (labels instanceof Int32Array) checkClasses('label', labels, classesOf(architecture), ignored);
  if (tokenTypes) checkClasses('token type', tokenTypes, architecture.tokenTypes);
  return tokenBatch(ids, labels, {
    lanes,
    length,
    share,
    predicts: predictsOf(architecture),
    ...(attentionMask && { attentionMask }),
    ...(tokenTypes && { tokenTypes }),
  });
}

const predicts: { readonly [task: string]: Predicts } = { 'causal-lm': 'next', 'masked-lm': 'same' };

/** What a text network predicts. */
export const predictsOf = (architecture: Architecture): Predicts => predicts[taskOf(architecture)] ?? 'sequence';

const isRegression = ({ head }: TransformerArchitecture): boolean =>
  head.task === 'sequence-classification' && head.regression;

/** Classes that a row of the output has. */
export const classesOf = ({ head, vocabulary }: TransformerArchitecture): number =>
  head.task === 'sequence-classification' ? head.labels : vocabulary;

function checkClasses(what: string, values: Int32Array, count: number, besides?: number): void {
  const at = values.findIndex((value) => (value < 0 || value >= count) && value !== besides);
  if (at >= 0)
    throw new RequestError(
      `${what} ${values[at]} (number ${at} of ${values.length}) is none of this network's: they are 0 to ${count - 1}`,
    );
}
