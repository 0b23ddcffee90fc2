import { createHash } from 'node:crypto';

/** One text with the part that is learnt and scored: the loss is on the completion. An empty prompt makes it plain text. */
export interface Example {
  readonly prompt: string;
  /** Follows the prompt after one space (see encode.ts); written without that space. */
  readonly completion: string;
  /** What stands between the two, instead of that space. */
  readonly joint?: string;
  /** Examples of one group (the references of one meaning representation, say) are never in two splits. */
  readonly group?: string;
  /** All texts that would do, where there are others than the completion: what a model writes is compared with all of them. */
  readonly references?: readonly string[];
}

/** A gap with one right filling: the model knows the fact if the completion is the likeliest of the candidates after the prompt. */
export interface Cloze {
  readonly prompt: string;
  readonly completion: string;
  /** All fillings of the right kind, the completion among them; each is one word. */
  readonly candidates: readonly string[];
  /** The relation that is asked for, so that a score can be given for each. */
  readonly relation: string;
}

/** Two sentences that differ in one word: a model that knows the rule finds `right` likelier than `wrong`. */
export interface MinimalPair {
  readonly right: string;
  readonly wrong: string;
  /** The rule that is tested, in the field's words: 'subject-verb agreement across a prepositional phrase', say. */
  readonly paradigm: string;
}

export type Split = 'train' | 'validation' | 'test';
export const splits: readonly Split[] = ['train', 'validation', 'test'];

/** lossNats can be measured on every task; the others need what the task holds: completions to match, clozes, pairs, prompts. */
export type Metric =
  | 'lossNats'
  | 'bitsPerByte'
  | 'exactMatch'
  | 'factAccuracy'
  | 'grammarAccuracy'
  /** grammarAccuracy of each paradigm beside that of all, as grammarAccuracy.<paradigm>. */
  | 'grammarAccuracyByParadigm'
  | TextMetric;

/** What is measured of written text (textMetrics.ts); a task that asks for one says how much is to be written. */
export type TextMetric = 'bleu' | 'chrF' | 'rougeL' | 'slotErrorRate';

/** How much text a model writes, greedily, in an evaluation on test data. */
export interface Writing {
  /** The first so many different prompts. */
  readonly prompts: number;
  /** After each at most so many tokens. */
  readonly tokens: number;
}

/** Plain JSON that rebuilds the task; it goes into the plan hash of every run. */
export interface TaskSpec {
  readonly type: string;
  readonly [option: string]: string | number | boolean | readonly string[];
}

/** What a model is trained on or tested on. Equal specs give equal examples, always. */
export interface Task {
  readonly name: string;
  readonly spec: TaskSpec;
  readonly metrics: readonly Metric[];
  /** Needed where a metric is of written text. */
  readonly generate?: Writing;
  split(split: Split): readonly Example[];
  /** Items for factAccuracy; empty where the task has none. */
  cloze(): readonly Cloze[];
  /** Items for grammarAccuracy; empty where the task has none. */
  minimalPairs(): readonly MinimalPair[];
  /** SHA-256, in hex, over everything above but the name and the spec. */
  hash(): string;
}

export interface TaskContent {
  readonly splits: Readonly<Record<Split, readonly Example[]>>;
  readonly cloze: readonly Cloze[];
  readonly minimalPairs: readonly MinimalPair[];
}

/** A task whose content is made, once, when it is first asked for. `content` must be a pure function of the spec. */
export function defineTask(
  head: Pick<Task, 'name' | 'spec' | 'metrics' | 'generate'>,
  content: () => TaskContent,
): Task {
  let made: TaskContent | null = null;
  let digest: string | null = null;
  const get = (): TaskContent => (made ??= content());
  return {
    ...head,
    split: (split) => get().splits[split],
    cloze: () => get().cloze,
    minimalPairs: () => get().minimalPairs,
    hash: () => (digest ??= hashContent(get())),
  };
}

function hashContent(content: TaskContent): string {
  const sha = createHash('sha256');
  const line = (...values: unknown[]): void => void sha.update(`${JSON.stringify(values)}\n`);
  for (const split of splits) {
    for (const { prompt, completion, group, joint, references } of content.splits[split])
      line(split, prompt, completion, group ?? null, ...(joint === undefined ? [] : [joint]), ...(references ?? []));
  }
  for (const item of content.cloze) line('cloze', item.prompt, item.completion, item.candidates, item.relation);
  for (const pair of content.minimalPairs) line('pair', pair.right, pair.wrong, pair.paradigm);
  return sha.digest('hex');
}
