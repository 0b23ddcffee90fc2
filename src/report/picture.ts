import { escapeHtml } from './page/policy.ts';

/** What an image has no use for (nobody hears, clicks or styles its parts), what holds anyway, and the font, which is said once. */
const unused = / (?:(?:aria-[a-z]+|role|class|pointer-events|font-family)="[^"]*"|opacity="1"(?=[ />]))/g;

/** Frames that have neither line nor filling, and labels without text. */
const unseen = /<path class="(?:background|foreground)"(?![^>]*(?:fill|stroke)=)[^>]*\/>|<text [^>]*(?:\/>|><\/text>)/g;

/** That of the charts, and some as wide for machines without it. */
const fonts = 'DejaVu Sans, Verdana, sans-serif';

/**
 * A chart that was drawn as SVG text (render.ts) as one HTML element, which needs no other file and half the bytes. It is an image, not
 * SVG in the page: several of them would take each other's clip paths, whose names are the same in all.
 */
export function pictureHtml(svg: string, alt: string): string {
  const tags = svg
    .replace('<svg ', `<svg font-family='${fonts}' `)
    .replace(unseen, '')
    .replace(/<[^>]*>/g, (tag) => singleQuoted(tag.replace(unused, '')));
  const lean = drawnOnce(tags);
  // Only what would end the address or be decoded: encoding all would double it.
  const address = `data:image/svg+xml;charset=utf-8,${lean.replace(/[%#<>\t\r\n]/g, encodeURIComponent)}`;
  return `<img alt="${escapeHtml(alt)}" src="${address.replaceAll('&', '&#38;').replaceAll('"', '&#34;')}">`;
}

/** Attributes in quotes that neither HTML nor JSON escape. */
const singleQuoted = (tag: string): string => (/"[^"]*'[^"]*"/.test(tag) ? tag : tag.replaceAll('"', "'"));

/** Panels with all variants behind their own repeat every line: each is drawn once, and shown again where it stood. */
function drawnOnce(svg: string): string {
  const longPath = /<path ([^>]{60,})\/>/g;
  const times = new Map<string, number>();
  for (const [path] of svg.matchAll(longPath)) times.set(path, (times.get(path) ?? 0) + 1);
  const repeated = [...times.keys()].filter((path) => times.get(path)! > 1);
  const names = new Map(repeated.map((path, index) => [path, `p${index}`]));
  const drawn = new Set<string>();
  return svg.replace(longPath, (path, attributes: string) => {
    const name = names.get(path);
    if (name === undefined) return path;
    if (drawn.has(path)) return `<use href='#${name}'/>`;
    drawn.add(path);
    return `<path id='${name}' ${attributes}/>`;
  });
}
