/** How variants stand to each other in the factors of a design: which differ in one factor alone, and so make a line. */
import type { Summary, VariantSummary } from '../../results/summary.ts';
import { countText } from '../numberText.ts';

type Done = VariantSummary & { readonly best: NonNullable<VariantSummary['best']> };

/** A variant on a line over one factor. */
export interface Place {
  readonly row: Done;
  readonly level: number;
  /** The levels of the other factors that differ; '' where none does. */
  readonly line: string;
  /** The level of the factor that has a panel for each of its levels; '' where none has. */
  readonly facet: string;
}

export interface FactorDesign {
  readonly factor: string;
  readonly levels: readonly number[];
  readonly lines: readonly string[];
  readonly facets: readonly string[];
  readonly places: readonly Place[];
  /** Variants that have no level of this factor: what the lines can be held against. */
  readonly others: readonly Done[];
}

/** More lines than this in a panel cannot be told apart; more panels than that have no room. */
const mostLines = 6;
const mostFacets = 4;

const isDone = (row: VariantSummary): row is Done => row.best !== null;

/** One for every factor of which variants that finished have at least two numbers. */
export function factorDesigns({ variants }: Summary): FactorDesign[] {
  const done = variants.filter(isDone);
  const names = unique(done.flatMap(({ factors }) => Object.keys(factors)));
  return names.flatMap((factor): FactorDesign[] => {
    const members = done.filter(({ factors }) => typeof factors[factor] === 'number');
    const levels = unique(members.map(({ factors }) => factors[factor] as number)).sort((a, b) => a - b);
    if (levels.length < 2) return [];
    const varying = names.filter((name) => name !== factor && levelsOf(members, name).length > 1);
    const facet = facetOf(members, varying);
    const inLine = varying.filter((name) => name !== facet);
    const places = members.map((row): Place => ({
      row,
      level: row.factors[factor] as number,
      line: placeText(row, inLine),
      facet: facet === null ? '' : placeText(row, [facet]),
    }));
    return [
      {
        factor,
        levels,
        lines: unique(places.map(({ line }) => line)),
        facets: unique(places.map((place) => place.facet)),
        places,
        others: done.filter(({ factors }) => !(factor in factors)),
      },
    ];
  });
}

/** Of the factors that would make too many lines, the one of most levels that panels have room for. */
function facetOf(members: readonly Done[], varying: readonly string[]): string | null {
  if (unique(members.map((row) => placeText(row, varying))).length <= mostLines) return null;
  const fitting = varying.filter((name) => levelsOf(members, name).length <= mostFacets);
  const most = Math.max(...fitting.map((name) => levelsOf(members, name).length));
  return fitting.find((name) => levelsOf(members, name).length === most) ?? null;
}

const levelsOf = (rows: readonly VariantSummary[], name: string): string[] =>
  unique(rows.map((row) => placeText(row, [name])));

/** `examples 4,000, digits 2`; a text says itself what it is, unless it is a number's. */
function placeText({ factors }: VariantSummary, names: readonly string[]): string {
  return names
    .flatMap((name) => {
      const level = factors[name];
      if (level === undefined) return [];
      if (typeof level === 'number') return [`${name} ${levelText(level)}`];
      return [/^[\d.]+$/.test(level) ? `${name} ${level}` : level];
    })
    .join(', ');
}

/** `4,000` or `0.05`. */
export const levelText = (level: number): string =>
  Number.isInteger(level) ? countText(level) : String(Number(level.toPrecision(3))).replaceAll('-', '\u2212');

/** Whether levels need a logarithm: all positive, and a decade or more apart. */
export const spansDecade = (levels: readonly number[]): boolean => {
  const [low, high] = [Math.min(...levels), Math.max(...levels)];
  return low > 0 && high >= 10 * low;
};

const unique = <T>(values: readonly T[]): T[] => [...new Set(values)];
