import { createHash } from 'node:crypto';
import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { Command } from 'commander';
import { copyTokenizerFiles } from '../checkpoint/tokenizerFolder.ts';
import { trainSpec } from '../experiment/trainOptions.ts';
import { startEngine } from '../tensor/engine.ts';
import { type AboutAdapter, type SavedAdapter, saveAdapter } from '../train/adapterFolder.ts';
import { type Adapted, adaptText } from '../train/adaptText.ts';
import { loadBase } from '../train/base.ts';
import { createModel, type Model } from '../train/model.ts';
import { dataHelp, withDataOptions } from './dataOptions.ts';
import { learningRatesText } from './learningRates.ts';
import { targetsHelp, withMethodOptions } from './methodOptions.ts';
import { count, engineOption, number, wholeNumber } from './options.ts';
import { checkOut, writeFolder } from './outFolder.ts';
import { languageModel, openOwnModel } from './ownModel.ts';
import { createStepProgress } from './stepProgress.ts';
import { stoppable } from './stoppable.ts';
import { type TrainArguments, type TrainRequest, trainRequest } from './trainRequest.ts';
import { trainResult, trainResultText } from './trainResult.ts';

const help = `${targetsHelp}
${dataHelp}

Written are adapter_config.json and adapter_model.safetensors as PEFT has them, a model card, and adapterlab.json; for full fine-tuning
a model folder. Ctrl-C saves what has been learnt until then.

Examples:
  adapterlab train --model ../shared/models/stories260K-hf --data my-stories.txt --method dora --rank 4 --out my-adapter
  adapterlab train --model my-model --data pairs.jsonl --method qlora --targets all-linear --steps 500 --out my-adapter`;

/** The verb `train`: one adapter for a person's own network and texts, as a folder that PEFT loads. */
export function trainCommand(): Command {
  const command = new Command('train')
    .description('Adapt a model to your own texts; writes an adapter that PEFT loads')
    .option('--model <folder>', 'checkpoint folder; by default the base of this package')
    .requiredOption('--out <folder>', 'where the adapter is written')
    .option('--overwrite', 'also where there is something already');
  return withMethodOptions(withDataOptions(command))
    .option('--dropout <p>', "share of the adapter's input dropped in training", number)
    .option('--steps <n>', 'optimizer steps', count, 200)
    .option('--batch <n>', 'sequences in a step', count, 8)
    .option('--learning-rate <x>', `by default ${learningRatesText}`, number)
    .option('--schedule <name>', 'how the rate goes on after the warm-up: linear (to 0), cosine or constant', 'linear')
    .option('--warmup <n>', 'steps until the full rate; by default a twentieth of all', wholeNumber)
    .option('--weight-decay <x>', 'decoupled weight decay', number, 0)
    .option('--validation <share>', 'share of the texts that is held out, and scored before and after', number, 0.1)
    .option('--seed <n>', 'of the start, the order of the texts and what is held out', wholeNumber, 0)
    .option(
      '--recompute',
      'compute layers again in backward instead of keeping them: less memory, half as much time again',
    )
    .addOption(engineOption())
    .option('--json', 'one JSON object at the end instead of lines')
    .addHelpText('after', help)
    .action(trainAndSave);
}

async function trainAndSave(given: TrainArguments): Promise<void> {
  checkOut(given.out, given.overwrite ?? false, [given.model]);
  const own = openOwnModel(given.model);
  let stoppedBy: NodeJS.Signals | null;
  try {
    stoppedBy = await trainOn(trainRequest(given, languageModel(own)));
  } finally {
    own.checkpoint.close();
  }
  if (stoppedBy) process.kill(process.pid, stoppedBy);
}

/** Gives the signal that stopped it, or null. */
async function trainOn(request: TrainRequest): Promise<NodeJS.Signals | null> {
  const { given, own, asked, plan } = request;
  const { engine, reason } = await startEngine({ engine: given.engine });
  const progress = createStepProgress(process.stderr, plan.steps);
  for (const warning of request.warnings) progress.say(`warning: ${warning}`);
  progress.say(`engine  ${engine}: ${reason}`);
  const stop = stoppable(() => progress.say('Saving what is in hand (Ctrl-C again: leave without) …'));
  const base = loadBase(own.checkpoint, asked.method.storage);
  let model: Model | null = null;
  try {
    model = createModel(base, {
      seeds: [plan.seed],
      methodFor: asked.methodFor,
      steps: plan.steps,
      recompute: request.settings.recompute,
    });
    checkSavable(model, about(request));
    progress.start();
    const adapted = await adaptText(model, plan, { signal: stop.signal, onStep: progress.step });
    progress.end();
    if (adapted.steps === 0) console.error('Stopped before the first step: nothing was written.');
    else {
      const result = trainResult(request, adapted, save(model, request, adapted));
      console.log(given.json ? JSON.stringify(result, null, 2) : trainResultText(result, given.model ?? null));
    }
  } finally {
    progress.end();
    stop.end();
    model?.dispose();
    base.dispose();
  }
  return stop.received();
}

/** A RequestError for what cannot be written as an adapter, before it is trained. Full fine-tuning always can. */
function checkSavable(model: Model, given: AboutAdapter): void {
  if (model.adapters.every(({ update }) => update.replaces)) return;
  const folder = mkdtempSync(path.join(tmpdir(), 'adapterlab-'));
  try {
    saveAdapter(model, 0, folder, given);
  } finally {
    rmSync(folder, { recursive: true });
  }
}

/** The whole folder or nothing. */
function save(model: Model, request: TrainRequest, adapted: Adapted): SavedAdapter {
  const { given, own } = request;
  const written = writeFolder(given.out, (folder) => {
    const saved = saveAdapter(model, 0, folder, about(request, adapted));
    const copied = saved.format === 'model' ? copyTokenizerFiles(own.checkpoint.folder, folder) : [];
    return { ...saved, files: [...saved.files, ...copied] };
  });
  return { ...written, folder: given.out };
}

/** What is written beside the numbers. */
function about({ given, own, plan, sequence, data, settings }: TrainRequest, adapted?: Adapted): AboutAdapter {
  const { evaluateEvery: _, maxLength, ...spec } = trainSpec({ ...settings, maxLength: sequence });
  const training = {
    ...(adapted?.stopped ? { stoppedAt: adapted.steps } : {}),
    seed: plan.seed,
    learningRate: plan.learningRate,
    ...spec,
    sequence: maxLength!,
    data: {
      file: path.basename(given.data),
      sha256: createHash('sha256').update(readFileSync(given.data)).digest('hex'),
      sequences: data.training.length,
      heldOut: data.validation.length,
    },
    before: adapted?.before ? { ...adapted.before } : null,
    after: adapted?.after ? { ...adapted.after } : null,
  };
  return { base: own.reference, method: given.method, steps: plan.steps, training };
}
