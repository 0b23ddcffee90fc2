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

function why({ number, claim, verdict, why: parts, evidence }: ClaimVerdict): string[] {
  const links = evidence.map((place) => `[${text(place.text)}](${encodeURI(inMarkdown(place.href))})`);
  return [
    `## ${number}: ${verdict}`,
    '',
    text(claim),
    '',
    ...parts.flatMap(({ source, findings }) => [
      `- ${text(source)}`,
      ...findings.map((finding) => `  - ${markOf(finding)} ${text(finding.sentence)}`),
    ]),
    '',
    ...(links.length > 0 ? [links.join(' · '), ''] : []),
  ];
}
