import { row, text } from '../markdown.ts';
import { claimsHeadline } from './page.ts';
import { rulesOfJudgement } from './rules.ts';
import { type ClaimVerdict, markOf } from './verdict.ts';

/** The Markdown of a report lies beside its page. */
const inMarkdown = (href: string): string => href.replace(/report\/report\.html$/, 'report/summary.md');

/** The page of claims as Markdown. */
export function claimsMarkdown(claims: readonly ClaimVerdict[]): string {
  const sorted = [...claims].sort((a, b) => a.number - b.number);
  const lines = [
    '# Claims',
    '',
    text(claimsHeadline(claims)),
    '',
    row(['claim', 'verdict']),
    row(['---', '---']),
    ...sorted.map(({ number, claim, verdict }) => row([`${number}. ${claim}`, verdict])),
    '',
    ...sorted.flatMap(why),
    '## How a claim is judged',
    '',
    ...rulesOfJudgement.map((rule) => `- ${text(rule)}`),
  ];
  return `${lines.join('\n')}\n`;
}

/** Claims in the order given, each with its verdict and why; without the links to the data, which lead from the page of claims. */
export const claimsText = (claims: readonly ClaimVerdict[]): string =>
  claims
    .flatMap((one) => [`**${one.number}. ${text(one.claim)}** – *${one.verdict}*`, '', ...answers(one), ''])
    .join('\n');

function why(one: ClaimVerdict): string[] {
  const links = one.evidence.map((place) => `[${text(place.text)}](${encodeURI(inMarkdown(place.href))})`);
  return [
    `## ${one.number}: ${one.verdict}`,
    '',
    text(one.claim),
    '',
    ...answers(one),
    '',
    ...(links.length > 0 ? [links.join(' · '), ''] : []),
  ];
}

const answers = ({ why: parts }: ClaimVerdict): string[] =>
  parts.flatMap(({ source, findings }) => [
    `- ${text(source)}`,
    ...findings.map((finding) => `  - ${markOf(finding)} ${text(finding.sentence)}`),
  ]);
