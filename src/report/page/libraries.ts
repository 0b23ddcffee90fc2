import { readFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import path from 'node:path';

/** The browser builds of vega, vega-lite and vega-embed, in the order in which they need each other (0.8 MB together). */
export function libraries(): string[] {
  const { resolve } = createRequire(import.meta.url);
  // The packages do not export these files, but they lie beside the ones that they do export.
  return ['vega', 'vega-lite', 'vega-embed'].map((name) =>
    readFileSync(path.join(path.dirname(resolve(name)), `${name}.min.js`), 'utf8').replace(
      /\n?\/\/# sourceMappingURL=.*/g,
      '',
    ),
  );
}
