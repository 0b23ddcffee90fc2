/**
 * Sentences in which the verb agrees with its subject in number, also across a phrase with a noun of the other number:
 *
 *   sentence   = subject [modifier] predicate "."   or   name "and" name predicate "."
 *   subject    = determiner [size] noun
 *   modifier   = "near the" noun   or   "that" verb "the" noun
 *   predicate  = verb [adverb or place]   or   verb determiner noun   or   is/are mood
 */
import {
  adverbs,
  copula,
  determiners,
  homes,
  intransitiveVerbs,
  jobs,
  kinds,
  moods,
  sizes,
  transitiveVerbs,
  type Noun,
  type Verb,
} from './lexicon.ts';
import { oneOf, weighted, type Grammar } from './probabilisticGrammar.ts';
import { characters } from './world.ts';

export type GrammaticalNumber = keyof Noun;
export const numbers: readonly GrammaticalNumber[] = ['singular', 'plural'];
/** The words that stand in this file and in no list of the lexicon. */
export const agreementWords: readonly string[] = ['and', 'near', 'that', 'the', 'in', '.'];

const nouns: readonly Noun[] = [...kinds, ...jobs];
const itself = (word: string): Grammar => word;
const nothing = (): Grammar => '';

export const sentence: Grammar = weighted(
  [6, () => oneOf(numbers, (number) => [subject(number), modifier(number), predicate((verb) => verb[number]), '.'])],
  [1, () => [coordinateSubject, predicate((verb) => verb.plural), '.']],
);

export function subject(number: GrammaticalNumber): Grammar {
  return [oneOf(determiners[number], itself), sizedNoun(number)];
}

function object(number: GrammaticalNumber): Grammar {
  return [oneOf(determiners[number], itself), nounOf(number)];
}

export function sizedNoun(number: GrammaticalNumber): Grammar {
  return [weighted([1, nothing], [1, () => oneOf(sizes, itself)]), oneOf(nouns, (noun) => noun[number])];
}

export const coordinateSubject: Grammar = oneOf(characters, ({ name }) => [
  name,
  'and',
  oneOf(
    characters.filter((other) => other.name !== name),
    (other) => other.name,
  ),
]);

function modifier(number: GrammaticalNumber): Grammar {
  const noun = oneOf(numbers, (other) => nounOf(other));
  return weighted([3, nothing], [1, () => prepositional(noun)], [1, () => relative(number, noun)]);
}

export function nounOf(number: GrammaticalNumber): Grammar {
  return oneOf(nouns, (noun) => noun[number]);
}

export function prepositional(noun: Grammar): Grammar {
  return ['near the', noun];
}

export function relative(number: GrammaticalNumber, noun: Grammar): Grammar {
  return ['that', oneOf(transitiveVerbs, (verb) => verb[number]), 'the', noun];
}

/** `form` writes the verb that agrees with the subject. */
export function predicate(form: (verb: Verb) => string): Grammar {
  return weighted(
    [2, () => [oneOf(intransitiveVerbs, form), weighted([2, nothing], [1, () => oneOf(adverbs, itself)], [1, place])]],
    [2, () => [oneOf(transitiveVerbs, form), oneOf(numbers, object)]],
    [1, () => [form(copula), oneOf(moods, itself)]],
  );
}

function place(): Grammar {
  return ['in the', oneOf(homes, itself)];
}
