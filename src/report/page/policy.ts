import { createHash } from 'node:crypto';

/** A script as it stands between its tags: nothing in it ends the tag, and no parser changes its bytes. */
export function inlineScript(code: string): string {
  return code
    .replace(/\r\n?/g, '\n')
    .replace(/<\/(script)/gi, '<\\/$1')
    .replace(/<!--/g, '<\\!--');
}

/**
 * Content security policy of a page that loads nothing and runs these inline scripts and no others: not even text that slipped
 * through as a script could run. (Style may be inline: vega sets some.)
 */
export function contentSecurityPolicy(scripts: readonly string[]): string {
  const hashes = scripts.map((script) => `'sha256-${createHash('sha256').update(script).digest('base64')}'`);
  const allowed = hashes.length > 0 ? `script-src ${hashes.join(' ')}; ` : '';
  return `default-src 'none'; ${allowed}style-src 'unsafe-inline'; img-src data:; base-uri 'none'; form-action 'none'`;
}

/** Text as HTML shows it, in an element or in a quoted attribute. */
export function escapeHtml(text: string): string {
  return text.replace(/[&<>"']/g, (character) => `&#${character.charCodeAt(0)};`);
}

/** JSON as it stands in a data block: no character of it can end the block. */
export function inlineJson(value: unknown): string {
  return JSON.stringify(value).replace(
    /[<>&\u2028\u2029]/g,
    (character) => `\\u${character.charCodeAt(0).toString(16).padStart(4, '0')}`,
  );
}
