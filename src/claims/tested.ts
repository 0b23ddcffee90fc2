/** What holds of every version because a test says so, rather than of some runs: the test and its tolerance are named. */
import type { Section } from './claim.ts';
import { fact, remark } from './finding.ts';

export interface Test {
  /** From the root of the source. */
  readonly file: string;
  /** Its title, as it stands there. */
  readonly title: string;
}

export interface TestedSection extends Section {
  readonly tests: readonly Test[];
}

/** A part of a claim that tests decide. `shows` says what is compared, and to what tolerance. */
export const tested = (shows: string, tests: readonly Test[]): TestedSection => ({
  ...section(tests),
  find: () => [fact(true, sentence(shows, tests))],
});

/** What tests say beside the records, to a weaker tolerance or of other networks: it decides nothing. */
export const alsoTested = (shows: string, tests: readonly Test[]): TestedSection => ({
  ...section(tests),
  find: () => [remark(sentence(shows, tests))],
});

const sentence = (shows: string, tests: readonly Test[]): string =>
  `${shows}: held by ${tests.length === 1 ? 'a test' : 'tests'} in every version (${tests.map(({ title }) => `“${title}”`).join(', ')})`;

const section = (tests: readonly Test[]): Pick<TestedSection, 'source' | 'see' | 'tests'> => ({
  source: 'tests',
  see: tests.map(({ file }) => ({ text: file, href: `../${file}` })),
  tests,
});
