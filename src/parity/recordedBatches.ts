/** The batches of a recorded run: `input_ids` and `labels`, int32 [steps, rows, length], labels of −100 left out. */
import { ignored } from '../blocks/tokenBatch.ts';
import type { LaneBatch } from '../train/trainer.ts';
import { withSafetensors } from './runCase.ts';

export interface RecordedBatches {
  /** Rows of a part of a step. */
  readonly rowsPerPart: number;
  /** Of a step (from 1) and part (from 0): consecutive rows. */
  batch(step: number, part: number): LaneBatch;
}

/** Throws where there are too few of them, or a number is no token of the base. */
export function recordedBatches(
  file: string,
  { steps, parts, vocabulary }: { readonly steps: number; readonly parts: number; readonly vocabulary: number },
): RecordedBatches {
  const [ids, labels] = withSafetensors(file, (opened) =>
    ['input_ids', 'labels'].map((key) => {
      const { shape, data } = opened.readRaw(key);
      return { shape, data: Int32Array.from(data as ArrayLike<number>) };
    }),
  );
  const [recorded, rows, length] = ids.shape;
  if (ids.shape.length !== 3 || ids.shape.join() !== labels.shape.join())
    throw new Error(
      `${file}: input_ids and labels should both be [steps, rows, length], but are [${ids.shape.join(', ')}] and [${labels.shape.join(', ')}]`,
    );
  if (recorded < steps) throw new Error(`${file} holds the batches of ${recorded} steps, but the run has ${steps}`);
  if (rows % parts !== 0) throw new Error(`${file}: ${rows} rows a step do not divide into ${parts} parts`);
  checkTokens(`${file}: input_ids`, ids.data, (id) => id >= 0 && id < vocabulary, vocabulary);
  checkTokens(`${file}: labels`, labels.data, (id) => id === ignored || (id >= 0 && id < vocabulary), vocabulary);
  const rowsPerPart = rows / parts;
  return {
    rowsPerPart,
    batch(step, part) {
      const from = ((step - 1) * rows + part * rowsPerPart) * length;
      const until = from + rowsPerPart * length;
      return { ids: ids.data.slice(from, until), labels: labels.data.slice(from, until), length };
    },
  };
}

function checkTokens(what: string, tokens: Int32Array, isToken: (id: number) => boolean, vocabulary: number): void {
  const at = tokens.findIndex((id) => !isToken(id));
  if (at >= 0)
    throw new Error(`${what}: number ${at} is ${tokens[at]}, which is no token of a vocabulary of ${vocabulary}`);
}
