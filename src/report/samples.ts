import type { Summary } from '../results/summary.ts';

/** One prompt of the target task, what was expected, and what each variant wrote. */
export interface SampleText {
  prompt: string;
  expected: string;
  got: { variant: string; text: string }[];
}

/** The first few prompts, from the first seed of each variant at its best rate. */
export function samples({ variants }: Summary, atMost = 3): SampleText[] {
  const byPrompt = new Map<string, SampleText>();
  for (const { variant, best } of variants)
    for (const { prompt, expected, got } of best?.runs[0]?.samples ?? []) {
      const sample = byPrompt.get(prompt) ?? { prompt, expected, got: [] };
      sample.got.push({ variant, text: got });
      byPrompt.set(prompt, sample);
    }
  return [...byPrompt.values()].slice(0, atMost);
}
