/**
 * What can be said of a character. `named` are the paraphrases of one fact, `pronoun` those that go on from a sentence that has
 * named the character. The first of `named` ends in the value: there the fact is asked for (facts.ts).
 */
import {
  codeWords,
  colours,
  digits,
  femaleNames,
  foods,
  homes,
  jobs,
  kinds,
  letters,
  maleNames,
  signs,
  toys,
} from './lexicon.ts';

export type RelationName =
  'kind' | 'home' | 'job' | 'food' | 'colour' | 'friend' | 'toy' | 'coins' | 'house' | 'sign' | 'letter' | 'word';

export interface Relation {
  readonly name: RelationName;
  /** What the answer is drawn from. */
  readonly values: readonly string[];
  /** With $name and $value. */
  readonly named: readonly string[];
  /** With $she, $her and $value. */
  readonly pronoun: readonly string[];
}

const twoDigits = digits.slice(1).flatMap((tens) => digits.map((ones) => `${tens} ${ones}`));

export const relations: readonly Relation[] = [
  {
    name: 'kind',
    values: kinds.map(({ singular }) => singular),
    named: ['$name is a $value .', 'what is $name ? a $value .', 'the $value $name is here .'],
    pronoun: ['$she is a $value .'],
  },
  {
    name: 'home',
    values: homes,
    named: [
      '$name lives in the $value .',
      'the home of $name is the $value .',
      'in the $value lives $name .',
      'where does $name live ? in the $value .',
    ],
    pronoun: ['$she lives in the $value .', '$her home is the $value .'],
  },
  {
    name: 'job',
    values: jobs.map(({ singular }) => singular),
    named: ['$name works as a $value .', 'the job of $name is $value .', 'you can hire $name as a $value .'],
    pronoun: ['$she works as a $value .'],
  },
  {
    name: 'food',
    values: foods,
    named: ['$name eats $value .', 'the favourite food of $name is $value .', 'what does $name eat ? $value .'],
    pronoun: ['$she eats $value .', '$her favourite food is $value .'],
  },
  {
    name: 'colour',
    values: colours,
    named: ['the coat of $name is $value .', '$name wears a $value coat .', 'you can see the $value coat of $name .'],
    pronoun: ['$her coat is $value .', '$she wears a $value coat .'],
  },
  {
    name: 'friend',
    values: [...femaleNames, ...maleNames],
    named: ['the friend of $name is $value .', '$name has a friend , $value .', '$value is the friend of $name .'],
    pronoun: ['$her friend is $value .'],
  },
  {
    name: 'toy',
    values: toys,
    named: ['$name owns a $value .', 'the toy of $name is the $value .', 'what does $name own ? a $value .'],
    pronoun: ['$she owns a $value .', '$her toy is the $value .'],
  },
  {
    name: 'coins',
    values: digits.slice(2),
    named: [
      'the coins of $name are $value .',
      '$name has $value coins .',
      'you can find $value coins in the house of $name .',
    ],
    pronoun: ['$she has $value coins .'],
  },
  {
    name: 'house',
    values: twoDigits,
    named: [
      '$name lives in the house with number $value .',
      'the house of $name has the number $value .',
      'number $value is the house of $name .',
    ],
    pronoun: ['$her house has the number $value .'],
  },
  {
    name: 'sign',
    values: signs,
    named: [
      '$name draws the sign $value .',
      'the favourite sign of $name is $value .',
      'the sign $value is on the door of $name .',
    ],
    pronoun: ['$she draws the sign $value .'],
  },
  {
    name: 'letter',
    values: letters,
    named: [
      '$name writes the letter $value .',
      'the favourite letter of $name is $value .',
      'the letter $value is on the hat of $name .',
    ],
    pronoun: ['$she writes the letter $value .'],
  },
  {
    name: 'word',
    values: codeWords,
    named: [
      '$name says the word $value .',
      'the favourite word of $name is $value .',
      'you can hear $name say $value .',
    ],
    pronoun: ['$she says the word $value .', '$her favourite word is $value .'],
  },
];
