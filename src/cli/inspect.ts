import { Command, InvalidArgumentError, Option } from 'commander';
import type { TargetNames } from '../adapters/targets.ts';
import { smallWorld } from '../experiment/base.ts';
import { inspect } from '../inspect/inspect.ts';
import { checkpointShape, readModelShape } from '../inspect/modelShape.ts';
import { requested } from '../inspect/request.ts';
import { inspectionText } from '../inspect/text.ts';

interface InspectArguments {
  readonly model?: string;
  readonly method: string;
  readonly rank: number;
  readonly alpha?: number;
  readonly targets?: TargetNames;
  readonly exclude?: TargetNames;
  readonly layers?: readonly number[];
  readonly rankPattern?: { readonly [key: string]: number };
  readonly alphaPattern?: { readonly [key: string]: number };
  readonly storage?: string;
  readonly json?: boolean;
}

const examples = `
Targets: 'all-linear', 'all', names with commas between them (q_proj,v_proj), or a regular expression for whole names.

Examples:
  adapterlab inspect --method lora --rank 8
  adapterlab inspect --model ../shared/models/stories260K-hf --method dora --rank 8 --targets all-linear --json
  adapterlab inspect --model gpt2/config.json --method lora --targets c_attn:query,c_attn:value --rank-pattern h.0=4`;

/** The verb `inspect`: what a method would change and what it would cost. Reads shapes only, trains nothing, starts no engine. */
export function inspectCommand(): Command {
  return new Command('inspect')
    .description('Say what a method would change of a model, with parameters and bytes, without training')
    .option('--model <folder>', 'checkpoint folder, or a config.json by itself; by default the base of this package')
    .option('--method <name>', 'how to adapt it', 'lora')
    .option('--rank <n>', 'rank of the update', number, 8)
    .option('--alpha <x>', 'alpha of its scale; by default 2 · rank', number)
    .option('--targets <names>', "what to adapt; by default PEFT's choice for the model and method", names)
    .option('--exclude <names>', 'what to leave out of it', names)
    .option('--layers <numbers>', 'layers to adapt: 0,2-4', layers)
    .addOption(pattern('--rank-pattern <name=rank>', 'another rank where a name ends so; may be repeated'))
    .addOption(pattern('--alpha-pattern <name=alpha>', 'another alpha where a name ends so; may be repeated'))
    .option('--storage <name>', "float32 or nf4; by default the method's own")
    .option('--json', 'one JSON object instead of a table')
    .addHelpText('after', examples)
    .action(({ model, json, ...request }: InspectArguments) => {
      const shape = model === undefined ? checkpointShape(smallWorld().open().checkpoint) : readModelShape(model);
      const { method, targets, methodFor } = requested(shape, request);
      const inspection = inspect(shape.architecture, method.storage, methodFor);
      const { storage, update, rescale, groups, control } = method;
      const asked = {
        model: { name: shape.name, weights: shape.weights },
        method: {
          name: request.method,
          storage: storage.spec,
          update: update.spec,
          rescale: rescale.spec,
          groups: groups.spec,
          control: control.spec,
        },
        targets,
      };
      console.log(json ? JSON.stringify({ ...asked, ...inspection }, null, 2) : inspectionText(asked, inspection));
    });
}

function number(text: string): number {
  const value = Number(text);
  if (text.trim() === '' || !Number.isFinite(value)) throw new InvalidArgumentError('It must be a number.');
  return value;
}

/** A list of names where there is nothing but names and commas; else a regular expression, or one of the words. */
function names(text: string): TargetNames {
  if (['all', 'all-linear'].includes(text) || !/^[\w.:-]+(\s*,\s*[\w.:-]+)*$/.test(text)) return text;
  return text.split(',').map((name) => name.trim());
}

/** `0,2-4` */
function layers(text: string): number[] {
  return text.split(',').flatMap((part) => {
    const [, first, last = first] = /^\s*(\d+)(?:-(\d+))?\s*$/.exec(part) ?? [];
    if (first === undefined || Number(last) < Number(first)) throw new InvalidArgumentError('It must be like 0,2-4.');
    return Array.from({ length: Number(last) - Number(first) + 1 }, (_, i) => Number(first) + i);
  });
}

const pattern = (flags: string, description: string): Option =>
  new Option(flags, description).argParser((text: string, before?: { [key: string]: number }) => {
    const [, key, value] = /^(.+)=([^=]+)$/.exec(text) ?? [];
    if (key === undefined) throw new InvalidArgumentError('It must be like q_proj=4.');
    return { ...before, [key]: number(value!) };
  });
