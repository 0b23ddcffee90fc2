import { escapeHtml } from './policy.ts';

export interface Page {
  readonly title: string;
  /** Its content security policy. */
  readonly policy: string;
  readonly style: string;
  /** HTML, line by line as it is to stand there. */
  readonly body: string;
}

/** A page that needs no other file. */
export const pageHtml = ({ title, policy, style, body }: Page): string => `<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta http-equiv="Content-Security-Policy" content="${policy}">
<meta name="viewport" content="width=device-width, initial-scale=1">
<title>${escapeHtml(title)}</title>
<style>${style}</style>
</head>
<body>
${body}
</body>
</html>
`;
