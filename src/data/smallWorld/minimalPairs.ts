/**
 * Pairs of sentences for the grammar of the small world, in the manner of BLiMP (Warstadt et al. 2020). The right one is a text
 * that training could hold; the wrong one differs in one word and is not. In a phrase between subject and verb the noun always
 * has the other number, so that agreeing with the nearest noun is wrong.
 */
import { stream } from '../../tensor/random.ts';
import type { MinimalPair } from '../task.ts';
import {
  coordinateSubject,
  nounOf,
  numbers,
  predicate,
  prepositional,
  relative,
  sizedNoun,
  subject,
  type GrammaticalNumber,
} from './agreement.ts';
import type { Verb } from './lexicon.ts';
import { derive, oneOf, type Grammar } from './probabilisticGrammar.ts';
import { relations } from './relations.ts';
import { characters, fact } from './world.ts';

const pairsPerParadigm = 50;

export function smallWorldPairs(): readonly MinimalPair[] {
  return Object.entries(paradigms).flatMap(([paradigm, grammar]) => {
    const random = stream(0, 'small world', 'minimal pairs', paradigm);
    const marked = new Set<string>();
    while (marked.size < pairsPerParadigm) marked.add(derive(grammar, random).words.join(' '));
    return [...marked].map((text) => ({
      right: text.replace(/(\w+)\|(\w+)/, '$1'),
      wrong: text.replace(/(\w+)\|(\w+)/, '$2'),
      paradigm,
    }));
  });
}

const other = (number: GrammaticalNumber): GrammaticalNumber => (number === 'singular' ? 'plural' : 'singular');
/** The contrast is written "right|wrong". */
const verbOf = (number: GrammaticalNumber) => (verb: Verb) => `${verb[number]}|${verb[other(number)]}`;

const paradigms: Readonly<Record<string, Grammar>> = {
  'subject-verb agreement': oneOf(numbers, (number) => [subject(number), predicate(verbOf(number)), '.']),
  'subject-verb agreement across a prepositional phrase': oneOf(numbers, (number) => [
    subject(number),
    prepositional(nounOf(other(number))),
    predicate(verbOf(number)),
    '.',
  ]),
  'subject-verb agreement across a relative clause': oneOf(numbers, (number) => [
    subject(number),
    relative(number, nounOf(other(number))),
    predicate(verbOf(number)),
    '.',
  ]),
  'subject-verb agreement with a coordinate subject': [coordinateSubject, predicate(verbOf('plural')), '.'],
  'determiner-noun agreement': oneOf(numbers, (number) => [
    oneOf(
      number === 'singular' ? ['this|these', 'every|many'] : ['these|this', 'many|every'],
      (determiner) => determiner,
    ),
    sizedNoun(number),
    predicate((verb) => verb[number]),
    '.',
  ]),
  'pronoun gender': oneOf(characters, (character) => [
    oneOf(relations, (first) => [
      fact(character, first, first.named[0]),
      oneOf(
        relations.filter((second) => second !== first && second.pronoun[0].startsWith('$she ')),
        (second) =>
          fact(character, second, second.pronoun[0]).replace(/^\w+/, character.pronoun === 'she' ? 'she|he' : 'he|she'),
      ),
    ]),
  ]),
};
