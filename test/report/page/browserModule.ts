import path from 'node:path';

const folder = path.resolve(import.meta.dirname, '../../../src/report/page/browser');

/** The exports of a module that runs in the page, as far as it needs no page. */
export async function browserModule<Exports>(name: string): Promise<Exports> {
  return (await import(/* @vite-ignore */ path.join(folder, `${name}.js`))) as Exports;
}
