/**
 * The source domain of the embedded base: short texts about a small world. A text is either about one character (a fact by
 * name, then up to five more by pronoun) or one to four sentences in which verbs agree with their subjects.
 *
 * The generator knows the exact probability of what it says, and no text has two derivations, so −log p is known for each text.
 * Its mean over a split, per token, is the loss that no model can be expected to beat there: the entropy floor.
 */
import { checkNames } from '../../optionNames.ts';
import { stream } from '../../tensor/random.ts';
import { RequestError } from '../../errors.ts';
import { defineTask, splits, type Example, type Split, type Task } from '../task.ts';
import { sentence } from './agreement.ts';
import { smallWorldFacts } from './facts.ts';
import { smallWorldPairs } from './minimalPairs.ts';
import { derive, oneOf, weighted, type Derived, type Grammar } from './probabilisticGrammar.ts';
import { relations, type Relation } from './relations.ts';
import { characters, fact, type Character } from './world.ts';

/** Texts in each split. */
export interface SentencesOptions {
  readonly train?: number;
  readonly validation?: number;
  readonly test?: number;
  /** How many of the facts are asked, evenly spread over relations and characters; all unless given. */
  readonly facts?: number;
  /** How many of the minimal pairs are asked, evenly spread over their kinds; all unless given. */
  readonly minimalPairs?: number;
}

export interface EntropyFloor {
  /** −log probability of all texts of the split under their generator. */
  readonly nats: number;
  /** What a model's loss is averaged over: the words of the texts and one end for each. */
  readonly tokens: number;
  readonly natsPerToken: number;
}

export interface SentencesTask extends Task {
  entropyFloor(split: Split): EntropyFloor;
}

/** The splits are independent samples of one generator: a text may be in two of them, as often as its probability says. */
export function smallWorldSentences(options: SentencesOptions = {}): SentencesTask {
  checkNames('smallWorld.sentences', options, ['train', 'validation', 'test', 'facts', 'minimalPairs']);
  const sizes = { train: options.train ?? 40_000, validation: options.validation ?? 200, test: options.test ?? 500 };
  for (const split of splits) {
    if (!Number.isInteger(sizes[split]) || sizes[split] < 0) {
      throw new RequestError(`smallWorldSentences: ${split} must be a whole number of texts, not ${sizes[split]}.`);
    }
  }
  const cloze = evenly('facts', smallWorldFacts(), options.facts);
  const minimalPairs = evenly('minimalPairs', smallWorldPairs(), options.minimalPairs);
  const derived = (split: Split): Derived[] => {
    const random = stream(0, 'small world', 'sentences', split);
    return Array.from({ length: sizes[split] }, () => derive(text, random));
  };
  const examples = (split: Split): Example[] =>
    derived(split).map(({ words }) => ({ prompt: '', completion: words.join(' ') }));
  const task = defineTask(
    {
      name: 'small world',
      spec: { type: 'smallWorldSentences', ...sizes, facts: cloze.length, minimalPairs: minimalPairs.length },
      metrics: ['lossNats', 'factAccuracy', 'grammarAccuracy'],
    },
    () => ({
      splits: { train: examples('train'), validation: examples('validation'), test: examples('test') },
      cloze,
      minimalPairs,
    }),
  );
  return {
    ...task,
    entropyFloor(split) {
      const texts = derived(split);
      const nats = texts.reduce((sum, one) => sum + one.nats, 0);
      const tokens = texts.reduce((sum, one) => sum + one.words.length + 1, 0);
      return { nats, tokens, natsPerToken: nats / tokens };
    },
  };
}

/** `count` of the items, in their order and as far apart as can be. */
function evenly<Item>(name: string, items: readonly Item[], count = items.length): readonly Item[] {
  if (!Number.isInteger(count) || count < 0 || count > items.length)
    throw new RequestError(`smallWorldSentences: ${name} must be a whole number up to ${items.length}, not ${count}.`);
  return items.filter((_, i) => Math.floor(((i + 1) * count) / items.length) > Math.floor((i * count) / items.length));
}

/** Any text of the small world: with bos and eos at most 48 tokens, and mostly not much less, so that little is padded. */
export const text: Grammar = weighted(
  [7, () => oneOf(characters, (character) => aboutCharacter(character))],
  [3, () => [sentence, upTo(3, () => sentence)]],
);

function aboutCharacter(character: Character): Grammar {
  return oneOf(relations, (relation) => [
    oneOf(relation.named, (template) => fact(character, relation, template)),
    byPronoun(
      character,
      relations.filter((other) => other !== relation),
      5,
    ),
  ]);
}

/** Up to `most` further facts; none is said twice. */
function byPronoun(character: Character, unsaid: readonly Relation[], most: number): Grammar {
  if (most === 0) return '';
  return perhaps(() =>
    oneOf(unsaid, (relation) => [
      oneOf(relation.pronoun, (template) => fact(character, relation, template)),
      byPronoun(
        character,
        unsaid.filter((other) => other !== relation),
        most - 1,
      ),
    ]),
  );
}

function upTo(most: number, more: () => Grammar): Grammar {
  return most === 0 ? '' : perhaps(() => [more(), upTo(most - 1, more)]);
}

function perhaps(more: () => Grammar): Grammar {
  return weighted([1, () => ''], [7, more]);
}
