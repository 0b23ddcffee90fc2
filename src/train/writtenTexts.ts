/** Prompts of a split of a task, what the lanes of a model write after them, greedily, and how good that is. */
import type { Example, Split, Task, TextMetric } from '../data/task.ts';
import { isTextMetric, textMetrics, type WrittenText } from '../data/textMetrics.ts';
import type { TextTokenizer } from '../data/textTokenizer.ts';
import { greedyTexts, greedyTokens } from './greedyTexts.ts';
import type { Model } from './model.ts';
import type { BetweenBatches } from './sequenceScores.ts';

export interface PromptSet {
  readonly prompts: readonly Prompt[];
  /** Written after each at most. */
  readonly tokens: number;
  readonly metrics: readonly TextMetric[];
  readonly tokenizer: TextTokenizer;
}

interface Prompt {
  readonly ids: readonly number[];
  readonly text: string;
  /** The completion of the first example that has the prompt. */
  readonly expected: string;
  readonly references: readonly string[];
  readonly group: string | null;
}

/** One prompt, what was expected, and what a lane wrote. */
export interface Sample {
  readonly prompt: string;
  readonly expected: string;
  readonly got: string;
}

/**
 * The first different prompts of a split, as many as the task wants written for its metrics, or `samples` where it has none such.
 * Examples with one prompt and one group share it, and their completions are its references, beside those that they name themselves.
 */
export function promptSet(task: Task, split: Split, tokenizer: TextTokenizer, samples: number): PromptSet {
  const metrics = task.metrics.filter(isTextMetric);
  if (metrics.length > 0 && !task.generate)
    throw new Error(`${task.name}: ${metrics.join(', ')} needs text; the task must say how much (generate)`);
  const examples = task.split(split).filter(({ prompt }) => prompt !== '');
  const byPrompt = new Map<string, Example[]>();
  for (const example of examples) {
    const key = JSON.stringify([example.group ?? null, example.prompt]);
    byPrompt.set(key, [...(byPrompt.get(key) ?? []), example]);
  }
  const chosen = [...byPrompt.values()].slice(0, task.generate?.prompts ?? samples);
  const start = tokenizer.bos === null ? [] : [tokenizer.bos];
  const encoded = (text: string): number[] => tokenizer.encode(text, { special: false });
  const expectedTokens = chosen.map(([{ prompt, completion, joint = ' ' }]) => {
    return encoded(`${prompt}${joint}${completion}`).length - encoded(prompt).length;
  });
  return {
    prompts: chosen.map((those) => ({
      ids: [...start, ...encoded(those[0]!.prompt)],
      text: those[0]!.prompt,
      expected: those[0]!.completion,
      references: [...new Set(those.flatMap(({ completion, references = [] }) => [completion, ...references]))],
      group: those[0]!.group ?? null,
    })),
    tokens: task.generate?.tokens ?? Math.max(1, ...expectedTokens) + 1,
    metrics,
    tokenizer,
  };
}

/** Tokens that writing them reads, at most. */
export const promptSetTokens = ({ prompts, tokens }: PromptSet): number =>
  greedyTokens(
    prompts.map(({ ids }) => ids),
    tokens,
  );

/** What each lane writes: [lanes][prompts]. */
export async function writtenTexts(
  model: Model,
  { prompts, tokens, tokenizer }: PromptSet,
  between?: BetweenBatches,
): Promise<WrittenText[][]> {
  const ids = prompts.map((prompt) => prompt.ids);
  const lanes = await greedyTexts(model, ids, { tokens, stop: tokenizer.eos }, between);
  return lanes.map((texts) =>
    prompts.map(({ text, references, group }, i) => ({
      prompt: text,
      hypothesis: tokenizer.decode(texts[i]!).trim(),
      references,
      group,
    })),
  );
}

/** Each metric that the set asks for; none where there are no prompts. */
export function textScoresOf({ metrics }: PromptSet, texts: readonly WrittenText[]): { [metric: string]: number } {
  if (texts.length === 0) return {};
  return Object.fromEntries(metrics.map((metric) => [metric, textMetrics[metric](texts)]));
}

/** The first few. */
export function samplesOf({ prompts }: PromptSet, texts: readonly WrittenText[], count: number): Sample[] {
  return texts.slice(0, count).map(({ prompt, hypothesis }, i) => ({
    prompt,
    expected: prompts[i]!.expected,
    got: hypothesis,
  }));
}
