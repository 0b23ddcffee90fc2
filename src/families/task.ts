/** What a network is asked to give, by the class that config.json's `architectures` names. */
import { Unsupported } from '../errors.ts';
import type { HeadArchitecture, Task } from './architecture.ts';
import type { ConfigReader } from './config.ts';

/** Ends of the names of transformers' classes. */
const ends: readonly (readonly [string, Task])[] = [
  ['ForCausalLM', 'causal-lm'],
  ['LMHeadModel', 'causal-lm'],
  ['ForMaskedLM', 'masked-lm'],
  ['ForPreTraining', 'masked-lm'],
  ['ForSequenceClassification', 'sequence-classification'],
  ['Model', 'feature'],
];

/** The first of a family's tasks where config.json names no class, or the bare model of a family that has no such task. */
export function taskNamed<T extends Task>(read: ConfigReader, tasks: readonly [T, ...T[]]): T {
  const [name] = read.texts('architectures') ?? [];
  if (name === undefined) return tasks[0];
  const named = ends.find(([end]) => name.endsWith(end))?.[1];
  const task = tasks.find((one) => one === named);
  if (task) return task;
  if (named === 'feature') return tasks[0];
  throw new Unsupported(`config.json: the class ${name} is not there yet; there is ${tasks.join(', ')}`);
}

/** Of a classifier, as transformers reads them. */
export function labelsOf(read: ConfigReader): { labels: number; regression: boolean } {
  const labels = read.integer('num_labels', read.entries('id2label', 2));
  read.only('problem_type', labels === 1 ? ['regression'] : ['single_label_classification']);
  return { labels, regression: labels === 1 };
}

/** The end of a decoder: language model, or a classifier called `score` on the last token that is not padding. */
export function decoderHead(read: ConfigReader): HeadArchitecture {
  const task = taskNamed(read, ['causal-lm', 'sequence-classification']);
  if (task === 'causal-lm') return { task, transform: null, bias: null };
  return {
    task,
    ...labelsOf(read),
    row: { at: 'last', padding: read.has('pad_token_id') ? read.number('pad_token_id') : null },
    pooler: null,
    hasBias: false,
  };
}
