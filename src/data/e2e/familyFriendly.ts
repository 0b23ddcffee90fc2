/**
 * Whether a plain text (plainText.ts) says that a place is for families ("yes"), that it is not ("no"), or both: mentions of families,
 * kids and children, turned round by a negation in the same part of a sentence ("no children", "kids are not welcome"). A text that
 * has none of them but adults is for adults.
 */
const who = 'famil(?:y|ies|ys)|kids?|childs?|childrens?|childern|toddlers?|youngsters?|little ones|(?:all|any) ages?';
const one = `(?:non )?(?:${who})(?: (?:friendly|friend|oriented|orientated|welcoming))?`;
const mention = new RegExp(`(?<= )(?:${one})(?: (?:and|or|nor) (?:${one}))*(?= )`, 'g');

const isntOrNo =
  'no|not|non|isnt|isn t|arent|doesnt|dont|cant|cannot|wont|wouldnt|shouldnt|never|without|neither|nor|lacks?|unsuitable|' +
  'inappropriate|unfriendly|prohibits?|discourages?|bans?|forbids?|avoids?|excludes?|excluding|except|rather than|instead of|anti|too';
const before = new RegExp(` (?:${isntOrNo}) `);
const linking =
  'is|are|atmosphere|environment|place|establishment|restaurant|pub|venue|friendly|service|people|they|it|were|rating|status';
const after = new RegExp(
  `^ (?:(?:${linking}) ){0,3}(?:no|not|isnt|arent|cannot|cant|unfriendly|discouraged|prohibited|unwelcome|forbidden|banned|free) `,
);
const border = / (?:[.,;:!?()]+|but|yet|although|though|however|while|whilst|whereas) /;
const adults = / (?:adults?|grown ups?|over 18s?|18|mature) /;

export function familyFriendly(text: string): ReadonlySet<'yes' | 'no'> {
  const found = new Set<'yes' | 'no'>();
  for (const part of text.split(border)) {
    const padded = ` ${part.trim()} `;
    for (const match of padded.matchAll(mention)) {
      const said = match[0];
      const isNot =
        said.startsWith('non ') ||
        before.test(near(padded.slice(0, match.index))) ||
        after.test(padded.slice(match.index + said.length));
      found.add(isNot ? 'no' : 'yes');
    }
  }
  if (found.size === 0 && adults.test(text)) found.add('no');
  return found;
}

/** The last words before a mention, from the last "and" or "with" on: what is said before that is of something else. */
function near(text: string): string {
  const from = Math.max(text.lastIndexOf(' and '), text.lastIndexOf(' with '), 0);
  return ` ${text.slice(from).trim().split(' ').slice(-8).join(' ')} `;
}
