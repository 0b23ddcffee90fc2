import { type ClaimVerdict, markOf } from '../../src/report/claims/verdict.ts';

/** Why a claim has its verdict, in one line to be searched. */
export const whyText = ({ why }: Pick<ClaimVerdict, 'why'>): string =>
  why
    .map(
      ({ source, findings }) =>
        `${source}: ${findings.map((finding) => `${markOf(finding)} ${finding.sentence}`).join('; ')}.`,
    )
    .join(' ');
