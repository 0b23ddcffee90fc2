/** How a person says what is adapted and how: options that verbs share. */
import { type Command, InvalidArgumentError, Option } from 'commander';
import type { TargetNames } from '../adapters/targets.ts';
import type { LayerRange } from '../inspect/request.ts';
import { number } from './options.ts';

export const targetsHelp = `
Targets: 'all-linear', 'all', names with commas between them (q_proj,v_proj), or a regular expression for whole names.`;

/** Everything of a MethodRequest. */
export function withMethodOptions(command: Command): Command {
  return command
    .option('--method <name>', 'how to adapt it', 'lora')
    .option('--rank <n>', 'rank of the update', number, 8)
    .option('--alpha <x>', 'alpha of its scale; by default 2 · rank', number)
    .option('--targets <names>', "what to adapt; by default PEFT's choice for the model and method", names)
    .option('--exclude <names>', 'what to leave out of it', names)
    .option('--layers <numbers>', 'layers to adapt: 0,2-4', layers)
    .addOption(pattern('--rank-pattern <name=rank>', 'another rank where a name ends so; may be repeated'))
    .addOption(pattern('--alpha-pattern <name=alpha>', 'another alpha where a name ends so; may be repeated'))
    .option('--biases <which>', 'biases of the base that train beside it: none, all, or adapted (of the maps that are)')
    .option('--whole <names>', 'modules that train as a whole beside it', list)
    .option(
      '--storage <name>',
      "how the base is held: float32, nf4, fp4, int8, dynamic8, or in fewer bits nf3, nf2, int4, int3 or int2; by default the method's own",
    );
}

/** A list of names where there is nothing but names and commas; else a regular expression, or one of the words. */
function names(text: string): TargetNames {
  if (['all', 'all-linear'].includes(text) || !/^[\w.:-]+(\s*,\s*[\w.:-]+)*$/.test(text)) return text;
  return list(text);
}

const list = (text: string): string[] => text.split(',').map((name) => name.trim());

/** `0,2-4` */
function layers(text: string): LayerRange[] {
  return text.split(',').map((part) => {
    const [, first, last = first] = /^\s*(\d{1,15})(?:-(\d{1,15}))?\s*$/.exec(part) ?? [];
    if (first === undefined || Number(last) < Number(first)) throw new InvalidArgumentError('It must be like 0,2-4.');
    return [Number(first), Number(last)];
  });
}

const pattern = (flags: string, description: string): Option =>
  new Option(flags, description).argParser((text: string, before?: { [key: string]: number }) =>
    namedNumber(text, 'q_proj=4', before),
  );

/** `name=number`, beside those before it. */
export function namedNumber(
  text: string,
  example: string,
  before: { readonly [name: string]: number } = {},
): { [name: string]: number } {
  const [, name, value] = /^(.+)=([^=]+)$/.exec(text) ?? [];
  if (name === undefined) throw new InvalidArgumentError(`It must be like ${example}.`);
  return { ...before, [name]: number(value!) };
}
