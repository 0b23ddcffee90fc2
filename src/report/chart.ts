import type { TopLevelSpec } from 'vega-lite';

/** A chart of the report. */
export interface Chart {
  /** Name of its files: letters, digits and dashes. */
  name: string;
  /** What is seen, in one line. */
  title: string;
  /** How to read it, in one sentence or two. */
  howToRead: string;
  /** Its title is the one above; colours of text and grid come from a theme. */
  spec: TopLevelSpec;
  /** What the axes show for each variant, so that a reader who picks some sees these alone; others keep their axes. */
  frames?: Frames;
  /** The variant that all of it is about; absent where it shows several. */
  variant?: string;
}

/** By channel (`x`, `y`): lowest and highest value of every variant. */
export type Frames = Record<string, { variant: string; low: number; high: number }[]>;

/** What the legend of a spec needs to fit its width. */
export function legendOf(labels: readonly string[]): { legendCharacters: number } {
  return { legendCharacters: Math.max(0, ...labels.map((label) => label.length)) };
}

/** Of more variants than fit into two lines or so, the legend stands below, so that the chart comes first. */
export function legendPlace(variants: readonly string[]): { legend?: { orient: 'bottom' } } {
  return variants.length > 8 ? { legend: { orient: 'bottom' } } : {};
}

/** A title over several lines, each of at most so many characters where words allow: vega takes a title for wider than it is. */
export function titleLines(text: string, characters = 52): string[] {
  const lines: string[] = [];
  for (const word of text.split(' ')) {
    const last = lines.at(-1);
    if (last !== undefined && last.length + 1 + word.length <= characters) lines[lines.length - 1] = `${last} ${word}`;
    else lines.push(word);
  }
  return lines;
}
