import type { Config, TopLevelSpec } from 'vega-lite';
import type { Frames } from '../chart.ts';
import type { Measure } from '../measure.ts';

/** What the script of a report's page reads: JSON in a data block of the page. */
export interface PageData {
  /** Look of its charts; colours are the page's own, as CSS variables. */
  theme: Config;
  /** In the plan's order. */
  variants: PageVariant[];
  /** To be picked at once. */
  groups: { label: string; variants: string[] }[];
  charts: PageChart[];
  measures: Measure[];
}

export interface PageVariant {
  name: string;
  color: string;
  shape: string;
}

export interface PageChart {
  name: string;
  spec: TopLevelSpec;
  frames?: Frames;
  /** The variant that all of it is about; absent where it shows several. */
  variant?: string;
}
