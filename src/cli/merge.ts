import { Command } from 'commander';
import { copyTokenizerFiles } from '../checkpoint/tokenizerFolder.ts';
import { tokenBatch, type TokenBatch } from '../blocks/tokenBatch.ts';
import { stream } from '../tensor/random.ts';
import { predictsOf } from '../train/laneBatch.ts';
import { mergeAdapters } from '../train/merge.ts';
import { saveModel } from '../train/saveModel.ts';
import { type ModelArguments, openAdapted, withModel, withModelOptions } from './adaptedModel.ts';
import { number } from './options.ts';
import { checkOut, writeFolder } from './outFolder.ts';
import type { OwnModel } from './ownModel.ts';

interface MergeArguments extends ModelArguments {
  readonly adapter: string;
  readonly out: string;
  readonly overwrite?: boolean;
  readonly tolerance: number;
  readonly json?: boolean;
}

const example = `
A base that was held in 4 or 8 bits is merged as it was trained on, and written in float32.

Example:
  adapterlab merge --model ../shared/models/stories260K-hf --adapter my-adapter --out my-model`;

/** The verb `merge`: a model folder without adapter that computes what the model with its adapter does. */
export function mergeCommand(): Command {
  const command = new Command('merge')
    .description('Put an adapter into the weights; writes a model folder that transformers loads')
    .requiredOption('--adapter <folder>', 'an adapter in the format of PEFT')
    .requiredOption('--out <folder>', 'where the model is written')
    .option('--overwrite', 'also where there is something already');
  return withModelOptions(command)
    .option('--tolerance <x>', 'the most by which a logit may move', number, 1e-3)
    .option('--json', 'one JSON object instead of lines')
    .addHelpText('after', example)
    .action(mergeFolder);
}

async function mergeFolder(given: MergeArguments): Promise<void> {
  const { out, overwrite = false, engine, tolerance } = given;
  checkOut(out, overwrite, [given.model, given.adapter]);
  const opened = openAdapted(given);
  const { folder: source } = opened.own.checkpoint;
  try {
    checkOut(out, overwrite, [source]);
    const { files, largest } = await withModel(opened, engine, async (model) => {
      const merged = mergeAdapters(model, 0, probeOf(opened.own), tolerance);
      try {
        const files = writeFolder(out, (folder) => {
          saveModel(merged.base, folder);
          return ['config.json', 'model.safetensors', ...copyTokenizerFiles(source, folder)];
        });
        return { files, largest: merged.largestLogitDifference };
      } finally {
        merged.dispose();
      }
    });
    const result = {
      model: opened.own.name,
      adapter: given.adapter,
      folder: out,
      files,
      largestLogitDifference: largest,
    };
    console.log(
      given.json
        ? JSON.stringify(result, null, 2)
        : `merged    ${result.model} with ${given.adapter}: no logit of a probe moved by more than ${largest.toExponential(1)}\n` +
            `written   ${out}: ${files.join(', ')}`,
    );
  } finally {
    opened.close();
  }
}

/** Tokens drawn from all of them: on these the merged network is compared with the adapted one. */
function probeOf({ architecture }: OwnModel): TokenBatch {
  const length = Math.min(16, architecture.maxLength);
  const random = stream(0, 'probe');
  const ids = Int32Array.from({ length: 4 * length }, () => random.integer(architecture.vocabulary));
  const predicts = predictsOf(architecture);
  return tokenBatch(ids, predicts === 'sequence' ? new Int32Array(4) : ids, { lanes: 1, length, predicts });
}
