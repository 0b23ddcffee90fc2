import { agreementWords } from './agreement.ts';
import {
  adverbs,
  codeWords,
  colours,
  copula,
  determiners,
  digits,
  femaleNames,
  foods,
  homes,
  intransitiveVerbs,
  jobs,
  kinds,
  letters,
  maleNames,
  moods,
  signs,
  sizes,
  toys,
  transitiveVerbs,
  type Noun,
} from './lexicon.ts';
import { relations } from './relations.ts';

const forms = (pairs: readonly Noun[]): string[] => pairs.flatMap(({ singular, plural }) => [singular, plural]);
const templateWords = relations
  .flatMap(({ named, pronoun }) => [...named, ...pronoun])
  .flatMap((template) => template.split(' '))
  .filter((word) => !word.startsWith('$'));

/** Every word of the small world, its sums and its programs, once, sorted by code unit; without the special tokens. */
export const vocabulary: readonly string[] = [
  ...new Set([
    ...[digits, signs, letters, codeWords, femaleNames, maleNames, homes, foods, colours, toys].flat(),
    ...[kinds, jobs, intransitiveVerbs, transitiveVerbs, [copula]].flatMap(forms),
    ...[sizes, moods, adverbs, determiners.singular, determiners.plural, agreementWords, templateWords].flat(),
    'she',
    'he',
    'her',
    'his',
  ]),
].sort();
