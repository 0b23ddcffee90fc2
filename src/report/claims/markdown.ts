import { row, text } from '../markdown.ts';
import { claimsHeadline } from './page.ts';
import { rulesOfJudgement } from './rules.ts';
import type { ClaimVerdict } from './verdict.ts';

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
    row(['claim', 'verdict', 'why']),
    row(['---', '---', '---']).replaceAll('\\', ''),
    ...sorted.map(({ number, claim, verdict, sentence, evidence }) => {
      const links = evidence.map((place) => `[${text(place.text)}](${encodeURI(inMarkdown(place.href))})`);
      return row([`${number}. ${claim}`, verdict, sentence]).replace(/ \|$/, ` ${links.join(' · ')} |`);
    }),
    '',
    '## How a claim is judged',
    '',
    ...rulesOfJudgement.map((rule) => `- ${text(rule)}`),
  ];
  return `${lines.join('\n')}\n`;
}
