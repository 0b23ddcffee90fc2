/** The claims that rest on one experiment, from a folder of results. */
import path from 'node:path';
import { closestText } from '../closestNames.ts';
import { RequestError } from '../errors.ts';
import type { ClaimVerdict } from '../report/claims/verdict.ts';
import { readContent } from '../report/report.ts';
import { hasRecords, isStore } from '../results/store.ts';
import type { Claim } from './claim.ts';
import { claims } from './list/index.ts';
import { readEvidence } from './readEvidence.ts';
import { weighClaim } from './weigh.ts';

/**
 * The verdicts on all claims that look at `experiment`, in the order of their numbers, as the page of claims has them: other experiments
 * that such a claim looks at are read from `results` too, each in a folder of its name. Of those that are not there, or have no run, a
 * verdict says that they were not run. An experiment that no claim looks at is a RequestError, a broken record one as well.
 */
export function readClaims(results: string, experiment: string): ClaimVerdict[] {
  const own = claims.filter(({ sections }) => sections.some(({ source }) => source === experiment));
  if (own.length === 0)
    throw new RequestError(
      `no claim looks at an experiment '${experiment}'; ${closestText(experiment, sourcesOf(claims))}`,
    );
  const read = [...sourcesOf(own)]
    .map((source) => ({ source, folder: path.join(results, source) }))
    .filter(({ folder }) => isStore(folder) && hasRecords(folder))
    .map(({ source, folder }) => ({ folder: source, content: readContent(folder) }));
  const evidence = readEvidence(results, read, null);
  return own.map((claim) => weighClaim(claim, evidence));
}

const sourcesOf = (some: readonly Claim[]): Set<string> =>
  new Set(some.flatMap(({ sections }) => sections.map(({ source }) => source)));
