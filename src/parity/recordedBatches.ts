/** The batches of a recorded run: inputs with axes [steps, rows] before a row's own (recordedInputs.ts). */
import type { Architecture } from '../families/architecture.ts';
import type { LaneBatch, LaneImages } from '../train/laneBatch.ts';
import { recordedInputs } from './recordedInputs.ts';
import { withSafetensors } from './runCase.ts';

export interface RecordedBatches {
  /** Rows of a part of a step. */
  readonly rowsPerPart: number;
  /** Of a step (from 1) and part (from 0): consecutive rows. */
  batch(step: number, part: number): LaneBatch | LaneImages;
}

/** Throws where there are too few of them, or a number is no token or label of the base. */
export function recordedBatches(
  file: string,
  { steps, parts }: { readonly steps: number; readonly parts: number },
  architecture: Architecture,
): RecordedBatches {
  const inputs = withSafetensors(file, (opened) => {
    if (!opened.tensors.has('labels')) throw new Error(`${file} has no labels`);
    return recordedInputs(opened, 2, architecture);
  });
  const [recorded, rows] = inputs.shape as [number, number];
  if (recorded < steps) throw new Error(`${file} holds the batches of ${recorded} steps, but the run has ${steps}`);
  if (rows % parts !== 0) throw new Error(`${file}: ${rows} rows a step do not divide into ${parts} parts`);
  const rowsPerPart = rows / parts;
  return {
    rowsPerPart,
    batch(step, part) {
      const from = (step - 1) * rows + part * rowsPerPart;
      return inputs.rows(from, from + rowsPerPart);
    },
  };
}
