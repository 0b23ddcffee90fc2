/**
 * Greedy decoding of many prompts by all lanes of a model together. The shortest prompt's length of every prompt goes through the
 * network at once, then one token of each text after the other: the next of its own prompt while there is one, else the likeliest.
 *
 * So no text is padded, and all are at one position; sums are in another order than where a text is alone (generate.ts), so that two
 * tokens that are equally likely to the last bits may change places.
 */
import { setImmediate } from 'node:timers/promises';
import tf from '@tensorflow/tfjs';
import { keyValueCache } from '../blocks/keyValueCache.ts';
import { RequestError } from '../errors.ts';
import { languageModel } from '../families/index.ts';
import { release } from '../tensor/engine.ts';
import { readOnce } from '../tensor/readOnce.ts';
import { goesOn } from './generate.ts';
import type { Model } from './model.ts';
import { type BetweenBatches, evaluationRows } from './sequenceScores.ts';

export interface GreedyOptions {
  /** Tokens to write at most after each prompt; none goes beyond the model's last position. */
  readonly tokens: number;
  /** Ends a text, and is not part of it; null: none does. */
  readonly stop: number | null;
}

/** A text on its way. */
interface Row {
  readonly prompt: readonly number[];
  /** The prompt, as far as it is read, and what was written behind it. */
  readonly text: number[];
  /** Where it ended; what is behind only fills its place. */
  end: number | null;
}

/** What each lane writes after each prompt: [lanes][prompts][tokens]. Throws a RequestError for a prompt without room behind it. */
export async function greedyTexts(
  model: Model,
  prompts: readonly (readonly number[])[],
  options: GreedyOptions,
  between: BetweenBatches = () => {},
): Promise<number[][][]> {
  const { lanes } = model.arena;
  const { maxLength } = languageModel(model.base.architecture);
  for (const { length } of prompts)
    if (length === 0 || length >= maxLength)
      throw new RequestError(`a prompt has ${length} tokens; it needs 1 to ${maxLength - 1}, so that text can follow`);
  const written = Array.from({ length: lanes }, () => prompts.map((): number[] => []));
  const longest = prompts.map(({ length }) => ({ ids: new Int32Array(length + options.tokens) }));
  const size = evaluationRows(longest, lanes);
  // Ties keep their order: sort is stable.
  const order = prompts.map((_, i) => i).toSorted((a, b) => prompts[a]!.length - prompts[b]!.length);
  for (let start = 0; start < order.length; start += size) {
    const members = order.slice(start, start + size);
    const rows = Array.from({ length: lanes }, () => members)
      .flat()
      .map((member): Row => ({ prompt: prompts[member]!, text: [], end: null }));
    await writeBatch(model, rows, options, between);
    rows.forEach(({ prompt, text, end }, row) => {
      const lane = Math.floor(row / members.length);
      written[lane]![members[row % members.length]!] = text.slice(prompt.length, end ?? text.length);
    });
  }
  return written;
}

/** Tokens that every lane reads for that, at most; what `between` hears adds up to it. */
export const greedyTokens = (prompts: readonly (readonly number[])[], tokens: number): number =>
  prompts.reduce((sum, { length }) => sum + length + tokens, 0);

/** Writes behind the prompts of rows, those of a lane together. */
async function writeBatch(
  model: Model,
  rows: readonly Row[],
  options: GreedyOptions,
  between: BetweenBatches,
): Promise<void> {
  const architecture = languageModel(model.base.architecture);
  const perLane = rows.length / model.arena.lanes;
  const prompts = rows.slice(0, perLane).map(({ prompt }) => prompt);
  let untold = greedyTokens(prompts, options.tokens);
  const tell = (tokens: number): void => {
    untold -= tokens;
    between(tokens);
  };
  let length = Math.min(...prompts.map((prompt) => prompt.length));
  for (const { prompt, text } of rows) text.push(...prompt.slice(0, length));
  const cache = keyValueCache();
  try {
    for (; length < architecture.maxLength && rows.some(({ end }) => end === null); length++) {
      if (!goesOn(architecture, cache, length)) cache.clear();
      const unread = rows.flatMap(({ text }) => text.slice(cache.length));
      const logits = model.next(unread, cache, rows.length);
      const likeliest = readOnce(() => tf.argMax(logits, 1));
      release(logits);
      rows.forEach((row, i) => goOn(row, likeliest[i]!, options));
      tell(Math.min(untold, unread.length / model.arena.lanes));
      await setImmediate();
    }
    tell(untold);
  } finally {
    cache.clear();
  }
}

/** One token more: of the prompt, else the likeliest, unless that is the end. */
function goOn(row: Row, likeliest: number, { tokens, stop }: GreedyOptions): void {
  const { prompt, text } = row;
  if (text.length < prompt.length) return void text.push(prompt[text.length]!);
  if (row.end === null && likeliest === stop) row.end = text.length;
  text.push(row.end === null ? likeliest : filler);
  if (row.end === null && text.length === prompt.length + tokens) row.end = text.length;
}

/** Any token will do. */
const filler = 0;
