/** The numbers that a recorded run started with. */
import path from 'node:path';
import type { TensorNames } from '../adapters/files/tensorNames.ts';
import type { SafetensorsFile } from '../checkpoint/safetensors.ts';
import type { Initial } from '../train/model.ts';
import { largestDifference } from './caseResult.ts';
import { type RunCase, withSafetensors } from './runCase.ts';

export interface RecordedStart {
  readonly initial: Initial;
  /** Names in the file that no tensor of the model took. */
  left(): string[];
}

/** The factors that a start took away from the kernel, by the roles of those that train. */
const twins: { readonly [role: string]: string } = { downStart: 'down', upStart: 'up' };

/**
 * Every tensor that the run stored, from an open file and for as long as it is open. One that is missing, misshapen or not finite is
 * an Error.
 *
 * What PiSSA or OLoRA take away from the kernel PEFT computes anew whenever it loads an adapter. Of one that is still as PEFT made it
 * (`isUnmoved`) the trained factors are just that, to the bit; else it is computed here.
 */
export function startAt(
  { file, tensors, read }: SafetensorsFile,
  names: TensorNames,
  isUnmoved: () => boolean,
): RecordedStart {
  const left = new Set([...tensors.keys()].filter((key) => !names.isFrozen(key)));
  return {
    left: () => [...left],
    initial(site, role, shape) {
      const stored = names.of(site, role in twins && isUnmoved() ? twins[role]! : role, shape);
      if (!stored) return null;
      const found = read(stored.key);
      if (found.shape.join() !== stored.shape.join())
        throw new Error(
          `${file}: ${stored.key} has the shape [${found.shape.join()}], expected [${stored.shape.join()}]`,
        );
      const at = found.data.findIndex((value) => !Number.isFinite(value));
      if (at >= 0) throw new Error(`${file}: ${stored.key}: number ${at} of ${found.data.length} is ${found.data[at]}`);
      left.delete(stored.key);
      return stored.fromFile(found.data);
    },
  };
}

/** Whether the run started with the logits of its base: the adapter that it began with was as PEFT had made it. */
export function startedAtBase(folder: string, { tolerance }: RunCase): boolean {
  return withSafetensors(path.join(folder, 'expected.safetensors'), ({ tensors, read }) => {
    const keys = ['logits_base', 'logits_initial'];
    if (!keys.every((key) => tensors.has(key))) return false;
    const [base, initial] = keys.map((key) => read(key).data);
    return largestDifference(initial!, base!) <= tolerance.logitsFinal;
  });
}
