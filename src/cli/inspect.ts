import { Command, Option } from 'commander';
import { storageOf } from '../adapters/storage/index.ts';
import type { Storage } from '../adapters/types.ts';
import { openCheckpoint } from '../checkpoint/folder.ts';
import { RequestError } from '../errors.ts';
import { smallWorld } from '../experiment/base.ts';
import { type Writing, writings } from '../inspect/activations.ts';
import { inspect } from '../inspect/inspect.ts';
import { checkpointShape, configShape, folderShape, type ModelShape } from '../inspect/modelShape.ts';
import { precisionOf } from '../inspect/precision.ts';
import { type MethodRequest, requested } from '../inspect/request.ts';
import { quantizationText } from '../inspect/quantizationText.ts';
import { inspectionText } from '../inspect/text.ts';
import { startEngine } from '../tensor/engine.ts';
import { type QuantizationReport, quantizationReport } from '../train/quantizationReport.ts';
import { checkHeld } from '../train/quantizedBase.ts';
import { namedNumber, targetsHelp, withMethodOptions } from './methodOptions.ts';
import { count } from './options.ts';

interface InspectArguments extends MethodRequest {
  readonly model?: string;
  readonly config?: string;
  readonly batch: number;
  readonly sequence?: number;
  readonly optimizer: string;
  readonly precision: string;
  readonly activations: Writing;
  readonly bytes?: { readonly [holder: string]: number };
  readonly errors?: boolean;
  readonly json?: boolean;
}

const examples = `${targetsHelp}

Examples:
  adapterlab inspect --method lora --rank 8
  adapterlab inspect --model ../shared/models/stories260K-hf --method dora --rank 8 --targets all-linear --json
  adapterlab inspect --config gpt2/config.json --method lora --targets c_attn:query,c_attn:value --rank-pattern h.0=4
  adapterlab inspect --model ../shared/models/stories260K-hf --storage nf4 --errors
  adapterlab inspect --config docs/memory/llama-2-70b.json --method qlora --sequence 512 --precision bf16`;

/** The verb `inspect`: what a method would change and what it would cost. Reads shapes, trains nothing; only --errors starts an engine. */
export function inspectCommand(): Command {
  const command = new Command('inspect')
    .description('Say what a method would change of a model, with parameters and bytes, without training')
    .option('--model <folder>', 'checkpoint folder, whose weights are checked; by default the base of this package')
    .option('--config <file>', 'a config.json instead: no weights are needed');
  return withMethodOptions(command)
    .option('--batch <n>', 'sequences in a step, for the activations', count, 1)
    .option('--sequence <n>', "tokens in a sequence; by default the model's positions", count)
    .option('--optimizer <name>', 'adamw, or sgd (with momentum)', 'adamw')
    .option(
      '--precision <name>',
      'float32 as here, bf16 or fp16 for all, or mixed (float32 moments and master)',
      'float32',
    )
    .addOption(
      new Option('--bytes <holder=n>', 'bytes of a number where they differ; may be repeated').argParser(
        (text: string, before?: { [holder: string]: number }) => namedNumber(text, 'moments=4', before),
      ),
    )
    .addOption(
      new Option(
        '--activations <writing>',
        "what a step keeps: on any engine, or where the native engine's own kernels run",
      )
        .choices(writings)
        .default('portable' satisfies Writing),
    )
    .option('--errors', 'what holding the base in its storage loses, layer by layer; reads the weights')
    .option('--json', 'one JSON object instead of tables')
    .addHelpText('after', examples)
    .action(inspectModel);
}

async function inspectModel(given: InspectArguments): Promise<void> {
  const shape = shapeOf(given);
  const { method, targets, methodFor } = requested(shape, given);
  const { architecture, savedIn, ...model } = shape;
  const { batch, sequence = architecture.maxLength, optimizer } = given;
  const precision = precisionOf(given.precision, given.bytes);
  const training = { batch, sequence, optimizer, precision, writing: given.activations };
  if (savedIn) checkHeld(savedIn, method.storage.spec);
  const storage = savedIn ? storageOf(savedIn) : method.storage;
  const inspection = inspect(architecture, storage, methodFor, training);
  const { update, rescale, groups, control } = method;
  const asked = {
    model,
    method: {
      name: given.method,
      storage: storage.spec,
      update: update.spec,
      rescale: rescale.spec,
      groups: groups.spec,
      control: control.spec,
    },
    precision: given.precision,
    targets,
  };
  const errors = given.errors ? { quantization: await quantizationErrors(given, storage) } : {};
  if (given.json) return console.log(JSON.stringify({ ...asked, ...inspection, ...errors }, null, 2));
  console.log(inspectionText(asked, inspection));
  if (errors.quantization) console.log(`\n${quantizationText(errors.quantization)}`);
}

/** Reads the weights, on an engine. */
async function quantizationErrors({ model, config }: InspectArguments, storage: Storage): Promise<QuantizationReport> {
  if (config !== undefined) throw new RequestError('--errors are measured on weights: give --model, not --config');
  if (storage.spec.type === 'float32')
    throw new RequestError('--errors: float32 loses nothing; name another storage, such as nf4');
  const checkpoint = model === undefined ? smallWorld().open().checkpoint : openCheckpoint(model);
  try {
    await startEngine();
    return quantizationReport(checkpoint, storage);
  } finally {
    checkpoint.close();
  }
}

function shapeOf({ model, config }: InspectArguments): ModelShape {
  if (model !== undefined && config !== undefined)
    throw new RequestError('--model and --config both say which network: give one of them');
  if (config !== undefined) return configShape(config);
  return model === undefined ? checkpointShape(smallWorld().open().checkpoint) : folderShape(model);
}
