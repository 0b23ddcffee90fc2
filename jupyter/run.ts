/**
 * Executes notebooks without Jupyter, keeps their outputs in them, and writes each as a page beside the other results:
 *
 *   npm run notebooks              all of notebooks/
 *   npm run notebooks 01           those whose names begin so
 *
 * A notebook with a cell that fails stays as it was. Exit status 1 then, 2 for a name that no notebook has.
 */
import { readdirSync } from 'node:fs';
import path from 'node:path';
import { fileURLToPath } from 'node:url';
import { writeWhole } from '../src/atomicFile.ts';
import { RequestError } from '../src/errors.ts';
import { executed } from './execute.ts';
import { notebookHtml } from './html.ts';
import { type Notebook, readNotebook, writeNotebook } from './notebook.ts';

const root = fileURLToPath(new URL('..', import.meta.url));

/** The files of the notebooks whose names begin with one of the texts; all without any. */
function notebookFiles(folder: string, asked: readonly string[]): string[] {
  const names = readdirSync(folder).filter((name) => name.endsWith('.ipynb'));
  const unknown = asked.find((start) => !names.some((name) => name.startsWith(start)));
  if (unknown !== undefined)
    throw new RequestError(`there is no notebook ${unknown}; there are ${names.toSorted().join(', ')}`);
  const chosen = names.filter((name) => asked.length === 0 || asked.some((start) => name.startsWith(start)));
  return chosen.toSorted().map((name) => path.join(folder, name));
}

/** An output with a path of this machine would differ on every other. */
function withoutPaths(notebook: Notebook, file: string): Notebook {
  notebook.cells.forEach((cell) => {
    if (cell.cell_type === 'code' && JSON.stringify(cell.outputs).includes(JSON.stringify(root).slice(1, -1)))
      throw new Error(`${file}: code cell ${cell.execution_count} puts out a path of this machine (${root})`);
  });
  return notebook;
}

async function run(file: string): Promise<void> {
  const name = path.basename(file, '.ipynb');
  const say = (line: string): void => void process.stderr.write(`${line}\n`);
  const notebook = withoutPaths(
    await executed(readNotebook(file), file, (number, count) => say(`${name}: cell ${number} of ${count}`)),
    file,
  );
  writeNotebook(file, notebook);
  const page = path.join(root, 'results', 'notebooks', `${name}.html`);
  writeWhole(page, notebookHtml(name, notebook));
  console.log(`${path.relative('.', file)}\n${path.relative('.', page)}`);
}

async function main(): Promise<void> {
  for (const file of notebookFiles(path.join(root, 'notebooks'), process.argv.slice(2))) await run(file);
}

main().catch((error: unknown) => {
  console.error(error instanceof Error ? error.message : String(error));
  process.exitCode = error instanceof RequestError ? 2 : 1;
});
