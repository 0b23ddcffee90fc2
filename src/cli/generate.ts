import { setImmediate } from 'node:timers/promises';
import { Command } from 'commander';
import { RequestError } from '../errors.ts';
import { generateTokens } from '../train/generate.ts';
import type { Model } from '../train/model.ts';
import type { SamplingOptions } from '../train/sampling.ts';
import { type ModelArguments, openAdapted, withModel, withModelOptions } from './adaptedModel.ts';
import { count, number, wholeNumber } from './options.ts';
import { type LanguageModel, languageModel } from './ownModel.ts';
import { stopTokens } from './stopTokens.ts';

interface GenerateArguments extends ModelArguments {
  readonly prompt: string;
  readonly chat?: boolean;
  readonly maxTokens: number;
  readonly greedy?: boolean;
  readonly temperature?: number;
  readonly topK?: number;
  readonly topP?: number;
  readonly seed?: number;
  readonly json?: boolean;
}

const examples = `
Without --greedy the next token is drawn, by default from all tokens at temperature 1 and with seed 0; the same seed gives the same
text.

Examples:
  adapterlab generate --model ../shared/models/stories260K-hf --prompt "Once upon a time" --greedy
  adapterlab generate --model my-model --adapter my-adapter --prompt "Once" --temperature 0.8 --top-k 40 --top-p 0.95 --seed 7`;

/** The verb `generate`: text from a model, with an adapter or without, as it comes. */
export function generateCommand(): Command {
  const command = new Command('generate')
    .description('Write on from a prompt, greedily or drawn with a seed')
    .requiredOption('--prompt <text>', 'what the text begins with')
    .option('--chat', "the prompt is a user's message, written as the model's chat template has it")
    .option('--adapter <folder>', 'an adapter in the format of PEFT');
  return withModelOptions(command)
    .option('--max-tokens <n>', 'tokens to write at most; the end-of-text token ends it too', count, 100)
    .option('--greedy', 'the likeliest token each time')
    .option('--temperature <x>', 'below 1 sharper, above 1 flatter', number)
    .option('--top-k <n>', 'only the so many likeliest tokens', count)
    .option('--top-p <p>', 'only the fewest tokens whose probabilities make up this share', number)
    .option('--seed <n>', 'of what is drawn', wholeNumber)
    .option('--json', 'one JSON object instead of the text')
    .addHelpText('after', examples)
    .action(generateText);
}

async function generateText(given: GenerateArguments): Promise<void> {
  const sampling = samplingOf(given);
  const opened = openAdapted(given);
  try {
    const own = languageModel(opened.own);
    const prompt = promptTokens(own, given);
    const { adapter } = opened;
    const written = await withModel(opened, given.engine, (model) => write(model, own, prompt, given, sampling));
    if (!given.json) return;
    const full = sampling && { temperature: 1, topP: 1, ...sampling };
    const result = {
      model: own.name,
      adapter: adapter && adapter.folder,
      prompt: given.prompt,
      ...written,
      sampling: full,
    };
    console.log(JSON.stringify(result, null, 2));
  } finally {
    opened.close();
  }
}

interface Written {
  /** What follows the prompt. */
  readonly text: string;
  readonly tokens: readonly number[];
  readonly ended: 'endOfText' | 'maxTokens' | 'positions';
}

/** To the terminal as it comes, but for --json. */
async function write(
  model: Model,
  own: LanguageModel,
  prompt: readonly number[],
  { maxTokens, json = false }: GenerateArguments,
  sampling: SamplingOptions | null,
): Promise<Written> {
  const { tokenizer, architecture } = own;
  const before = tokenizer.decode(prompt);
  const tokens: number[] = [];
  const said = (): string => tokenizer.decode([...prompt, ...tokens]).slice(before.length);
  let shown = 0;
  const show = (all: string): void => {
    if (!json) process.stdout.write(all.slice(shown));
    shown = all.length;
  };
  if (!json) process.stdout.write(before);
  for (const token of generateTokens(model, prompt, { maxTokens, stop: stopTokens(own), sampling })) {
    tokens.push(token);
    show(said().replace(/\ufffd+$/, '')); // a character that is not whole yet
    await setImmediate();
  }
  show(said());
  if (!json) process.stdout.write('\n');
  const isFull = prompt.length + tokens.length >= architecture.maxLength;
  return {
    text: said(),
    tokens,
    ended: tokens.length === maxTokens ? 'maxTokens' : isFull ? 'positions' : 'endOfText',
  };
}

/** The prompt as the tokenizer, or a conversation's template, writes it. */
function promptTokens({ name, tokenizer, chat }: LanguageModel, { prompt, chat: isChat }: GenerateArguments): number[] {
  if (isChat) {
    if (!chat) throw new RequestError(`--chat: ${name} has no chat template`);
    return tokenizer.encode(chat([{ role: 'user', content: prompt }], { ask: true }), { special: false });
  }
  const encoded = tokenizer.encode(prompt);
  // A model that was trained with a first token needs it also where the tokenizer's template adds none to an empty text.
  return encoded.length === 0 && tokenizer.bos !== null ? [tokenizer.bos] : encoded;
}

/** null for greedy decoding. */
function samplingOf({ greedy, temperature, topK, topP, seed }: GenerateArguments): SamplingOptions | null {
  const given = Object.entries({ temperature, 'top-k': topK, 'top-p': topP, seed }).filter(
    ([, value]) => value !== undefined,
  );
  if (greedy && given.length > 0)
    throw new RequestError(
      `--greedy draws nothing: leave out ${given.map(([name]) => `--${name}`).join(', ')}, or --greedy`,
    );
  if (greedy) return null;
  return {
    seed: seed ?? 0,
    ...(temperature === undefined ? {} : { temperature }),
    ...(topK === undefined ? {} : { topK }),
    ...(topP === undefined ? {} : { topP }),
  };
}
