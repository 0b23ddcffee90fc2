/** How a person says which texts: options that verbs share. */
import { type Command, Option } from 'commander';
import { type EncodedEntry, encodeEntries } from '../data/text/encodeEntries.ts';
import { type Documents, documentKinds, readTextFile } from '../data/text/textFile.ts';
import { RequestError } from '../errors.ts';
import { count } from './options.ts';
import type { LanguageModel, OwnModel } from './ownModel.ts';

export interface DataArguments {
  readonly data: string;
  readonly documents: Documents;
  readonly sequence?: number;
}

export const dataHelp = `
Data: .txt is one text, in windows of --sequence tokens; with --documents blank-lines a text begins after each blank line.
.jsonl is one object a line: {"text": …}, {"prompt": …, "completion": …} or {"messages": [{"role": …, "content": …} …]}, of which the
completion or the last message is learnt and scored.`;

export function withDataOptions(command: Command): Command {
  return command
    .requiredOption('--data <file>', 'texts: a .txt or .jsonl file')
    .addOption(
      new Option('--documents <what>', 'what is one text of a .txt file').choices(documentKinds).default('file'),
    )
    .option('--sequence <n>', "tokens in a sequence at most; by default the model's positions, 256 at most", count);
}

/** Tokens of a sequence. A RequestError for more than the model has positions. */
export function sequenceLength(
  { sequence }: Pick<DataArguments, 'sequence'>,
  { architecture, name }: OwnModel,
): number {
  const { maxLength } = architecture;
  if (sequence === undefined) return Math.min(256, maxLength);
  if (sequence > maxLength) throw new RequestError(`--sequence ${sequence}: ${name} has ${maxLength} positions`);
  if (sequence < 2)
    throw new RequestError('--sequence 1: a sequence needs at least 2 tokens, one to predict the other');
  return sequence;
}

/** The texts of the file as sequences. `warn` hears what was cut or left out. */
export function readSequences(
  given: DataArguments,
  model: LanguageModel,
  warn: (message: string) => void,
): EncodedEntry[] {
  const entries = readTextFile(given.data, given.documents);
  const { tokenizer, chat } = model;
  return encodeEntries(entries, tokenizer, { length: sequenceLength(given, model), chat, warn });
}
