/**
 * Zorro (Huebner et al. 2021, "BabyBERTa"): minimal pairs of sentences in a child's vocabulary, 23 paradigms of 2,000. Its sentences are in
 * lower case, with signs apart; they are written here as stories are, with a capital and no space before a sign.
 *
 *   will Mark want herself ? | will Mark want himself ?   →   Will Mark want himself? is right
 */
import { readdirSync, readFileSync } from 'node:fs';
import path from 'node:path';
import { RequestError } from '../errors.ts';
import { stream } from '../tensor/random.ts';
import { sharedFolder } from './shared.ts';
import type { MinimalPair } from './task.ts';

/** So many of each paradigm, chosen once and for all. Throws a RequestError where files are missing, odd or too short. */
export function zorroPairs(perParadigm: number): MinimalPair[] {
  const folder = sharedFolder('data', 'zorro');
  const paradigms = readdirSync(folder)
    .filter((file) => file.endsWith('.txt'))
    .toSorted();
  if (paradigms.length === 0)
    throw new RequestError(`${folder} holds no paradigm: Zorro has one .txt file for each, with two lines a pair.`);
  return paradigms.flatMap((file) => {
    const paradigm = file.slice(0, -'.txt'.length);
    const lines = readFileSync(path.join(folder, file), 'utf8').trimEnd().split('\n').map(written);
    const count = Math.floor(lines.length / 2);
    if (lines.length % 2 !== 0 || perParadigm > count)
      throw new RequestError(
        `${path.join(folder, file)} has ${lines.length} lines; ${perParadigm} pairs of a wrong and a right one were asked for.`,
      );
    const order = stream(0, 'zorro', paradigm).shuffle(Array.from({ length: count }, (_, pair) => pair));
    return order
      .slice(0, perParadigm)
      .map((pair) => ({ wrong: lines[2 * pair], right: lines[2 * pair + 1], paradigm }));
  });
}

function written(line: string): string {
  const joined = line.trim().replaceAll(/ (?=[.,?!;:])/g, '');
  return joined.charAt(0).toUpperCase() + joined.slice(1);
}
