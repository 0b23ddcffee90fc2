/** All claims, weighed by the results of a folder. */
import { reportHref } from '../report/main/experiments.ts';
import { countText } from '../report/numberText.ts';
import type { ClaimFinding, ClaimVerdict } from '../report/claims/verdict.ts';
import { type Claim, experimentOf, type Section } from './claim.ts';
import type { Evidence, WeighedExperiment } from './evidence.ts';
import { type Finding, missing } from './finding.ts';
import { judge, verdictOf } from './judge.ts';
import { claims } from './list/index.ts';
import { NotMeasured } from './notMeasured.ts';

/** In the order of their numbers. */
export const weighClaims = (evidence: Evidence): ClaimVerdict[] => claims.map((claim) => weighClaim(claim, evidence));

/** Whether any of these experiments is one that a claim reads: of others the claims would say nothing. */
export const isWeighed = (evidence: Evidence): boolean =>
  claims.some(({ sections }) => sections.some(({ source }) => experimentOf(evidence, source) !== undefined));

/** The findings of all its sections are one family. */
export function weighClaim({ number, claim, sections }: Claim, evidence: Evidence): ClaimVerdict {
  const found = sections.map((section) => ({ section, ...findingsOf(section, evidence) }));
  const judged = judge(found.flatMap(({ findings }) => findings));
  const bySource = new Map<string, ClaimFinding[]>();
  let from = 0;
  for (const { section, findings } of found) {
    const own = judged.slice(from, (from += findings.length));
    bySource.set(section.source, [...(bySource.get(section.source) ?? []), ...own]);
  }
  const places = found.flatMap(({ section, isThere }) => [
    ...reportOf(section, evidence),
    ...(isThere ? (section.see ?? []) : []),
  ]);
  return {
    number,
    claim,
    verdict: verdictOf(judged),
    why: [...bySource].map(([source, said]) => ({ source: sourceText(source, evidence), findings: once(said) })),
    evidence: places.filter(({ href }, index) => places.findIndex((place) => place.href === href) === index),
  };
}

function findingsOf({ find }: Section, evidence: Evidence): { findings: Finding[]; isThere: boolean } {
  try {
    return { findings: find(evidence), isThere: true };
  } catch (error) {
    if (error instanceof NotMeasured) return { findings: [missing(error.message)], isThere: false };
    throw error;
  }
}

/** `equal-footing (a small network of 325,000 weights, 8 seeds)`. */
function sourceText(source: string, evidence: Evidence): string {
  const experiment = experimentOf(evidence, source);
  return experiment ? `${source} (${sizeOf(experiment)})` : source;
}

/** What is said twice, of something missing, is said once. */
const once = (said: readonly ClaimFinding[]): ClaimFinding[] =>
  said.filter(({ sentence }, index) => said.findIndex((other) => other.sentence === sentence) === index);

/** How small the networks are and how many the seeds: what a verdict speaks of. */
function sizeOf({ records, summary }: WeighedExperiment): string {
  const sizes = records.flatMap(({ derived }) => derived?.baseParameters ?? []);
  const seeds = summary.variants.flatMap(({ best }) => best?.runs.length ?? []);
  const range = (numbers: readonly number[]): string => {
    const [low, high] = [Math.min(...numbers), Math.max(...numbers)];
    return low === high ? countText(low) : `${countText(low)} to ${countText(high)}`;
  };
  if (sizes.length === 0 || seeds.length === 0) return 'no variant has finished';
  return `a small network of ${range(sizes)} weights, ${range(seeds)} seeds`;
}

function reportOf({ source }: Section, evidence: Evidence): { text: string; href: string }[] {
  const experiment = experimentOf(evidence, source);
  return experiment ? [{ text: source, href: reportHref(experiment.folder, 'report.html') }] : [];
}
