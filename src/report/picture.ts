import { escapeHtml } from './page/policy.ts';

/** What an image has no use for (nobody hears, clicks or styles its parts), and the font, which is said once. */
const unused = / (?:aria-[a-z]+|role|class|pointer-events|font-family)="[^"]*"/g;

/** That of the charts, and some as wide for machines without it. */
const fonts = 'DejaVu Sans, Verdana, sans-serif';

/**
 * A chart that was drawn as SVG text (render.ts) as one HTML element, which needs no other file and half the bytes. It is an image, not
 * SVG in the page: several of them would take each other's clip paths, whose names are the same in all.
 */
export function pictureHtml(svg: string, alt: string): string {
  const lean = svg
    .replace('<svg ', `<svg font-family='${fonts}' `)
    .replace(/<[^>]*>/g, (tag) => singleQuoted(tag.replace(unused, '')));
  // Only what would end the address or be decoded: encoding all would double it.
  const address = `data:image/svg+xml;charset=utf-8,${lean.replace(/[%#<>\t\r\n]/g, encodeURIComponent)}`;
  return `<img alt="${escapeHtml(alt)}" src="${address.replaceAll('&', '&#38;').replaceAll('"', '&#34;')}">`;
}

/** Attributes in quotes that neither HTML nor JSON escape. */
const singleQuoted = (tag: string): string => (/"[^"]*'[^"]*"/.test(tag) ? tag : tag.replaceAll('"', "'"));
