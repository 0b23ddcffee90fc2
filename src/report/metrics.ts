/** What a metric is called for people, in what unit it is, and which way it gets better. */
export interface Metric {
  label: string;
  /** Empty where it has none. */
  unit: string;
  better: 'lower' | 'higher';
}

const known: Record<string, Metric> = {
  lossNats: { label: 'loss', unit: 'nats per token', better: 'lower' },
  exactMatch: { label: 'exact match', unit: 'share of 1', better: 'higher' },
  accuracy: { label: 'accuracy', unit: 'share of 1', better: 'higher' },
  klToBase: { label: 'KL to the base', unit: 'nats per token', better: 'lower' },
  bleu: { label: 'BLEU', unit: 'of 100', better: 'higher' },
  rougeL: { label: 'ROUGE-L', unit: 'share of 1', better: 'higher' },
  chrF: { label: 'chrF', unit: 'of 100', better: 'higher' },
  slotErrorRate: { label: 'slot error rate', unit: 'share of 1', better: 'lower' },
};

/** One that is not known gets its own name in words; it is better when lower if that speaks of a loss, an error or a distance. */
export function metricOf(name: string): Metric {
  if (Object.hasOwn(known, name)) return known[name];
  const label = name.replace(
    /([a-z])([A-Z])/g,
    (_, before: string, after: string) => `${before} ${after.toLowerCase()}`,
  );
  return { label, unit: '', better: /loss|error|perplexity|distance|nats|\bkl/i.test(label) ? 'lower' : 'higher' };
}
