/** One recorded LoRA step on a model: its logits, its loss and the gradients of its factors. */
import { methodOf } from '../adapters/compose.ts';
import { peftNames } from '../adapters/files/tensorNames.ts';
import { lora } from '../adapters/methods/lora.ts';
import type { Method } from '../adapters/types.ts';
import type { SafetensorsFile } from '../checkpoint/safetensors.ts';
import { release } from '../tensor/engine.ts';
import type { Base } from '../train/base.ts';
import type { LaneBatch, LaneImages } from '../train/laneBatch.ts';
import { createModel } from '../train/model.ts';
import { storedSites } from '../train/storedSites.ts';
import { type Deviation, largestDifference } from './caseResult.ts';
import type { RecordedLora } from './modelCase.ts';
import { logitsOff, lossOff } from './modelOutputs.ts';
import { startAt } from './startAt.ts';

const prefix = 'base_model.model.';
const leastTolerance = 1e-4;

/** The adapted sites are those that the file names. Throws where it names one that the network has not. */
export function compareLoraStep(
  base: Base,
  given: LaneBatch | LaneImages,
  opened: SafetensorsFile,
  recorded: RecordedLora,
): { [what: string]: Deviation } {
  const keys = [...opened.tensors.keys()].filter((key) => key.startsWith(prefix));
  const named = new Set(keys.map((key) => key.slice(prefix.length).replace(/\.lora_[AB]\.weight$/, '')));
  const method = methodOf(lora({ rank: recorded.r, alpha: recorded.alpha }));
  const names = peftNames(storedSites(base), 'LORA', { targets: [...named] });
  const start = startAt(opened, names, () => false);
  const methodFor = (name: string): Method | null => (named.has(name) ? method : null);
  const model = createModel(base, { seeds: [0], methodFor, initial: start.initial });
  try {
    const left = start.left().find((key) => key.startsWith(prefix));
    if (left !== undefined) throw new Error(`${opened.file} holds ${left}, which no site of the model takes`);
    const loraLogits = logitsOff(model, given, opened, Math.max(leastTolerance, 10 * recorded.logits_error));
    const loraLoss = lossOff(model, given, opened);
    const taken = model.arena.takeGradient();
    const gradient = taken.dataSync() as Float32Array;
    release(taken);
    let value = 0;
    for (const parameter of model.arena.parameters) {
      const { key, toFile } = names.of(parameter.site, parameter.role, parameter.shape)!;
      const wanted = opened.read(`grad.${key}`).data;
      const got = toFile(gradient.slice(parameter.offset, parameter.offset + parameter.size));
      const largest = wanted.reduce((most, one) => Math.max(most, Math.abs(one)), 0);
      value = Math.max(value, largestDifference(got, wanted) / largest);
    }
    const loraGradients = { value, tolerance: Math.max(leastTolerance, 10 * recorded.gradient_error) };
    return { loraLogits, loraLoss, loraGradients };
  } finally {
    model.dispose();
  }
}
