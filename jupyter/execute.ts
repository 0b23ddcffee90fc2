/** Executes the code cells of a notebook, in order, in a process of their own whose working folder is the notebook's. */
import { type ChildProcess, fork } from 'node:child_process';
import { once } from 'node:events';
import path from 'node:path';
import { fileURLToPath } from 'node:url';
import type { CodeCell, Notebook, Output } from './notebook.ts';

interface Executed {
  readonly outputs: Output[];
  readonly problems: readonly string[];
}

const kernel = fileURLToPath(new URL('./kernel.js', import.meta.url));

/**
 * The notebook with the outputs of this execution. Throws an Error with number, source and message of the first cell that throws,
 * does not compile, leaves a rejection behind or ends the process. `onCell` hears the number of each code cell before it runs, and
 * how many there are.
 */
export async function executed(
  notebook: Notebook,
  file: string,
  onCell: (number: number, count: number) => void,
): Promise<Notebook> {
  // Without tsx, which would load packages in another way than Jupyter's kernel does.
  const child = fork(kernel, [], { cwd: path.dirname(file), execArgv: [], serialization: 'advanced' });
  const codeCells = notebook.cells.filter((cell) => cell.cell_type === 'code');
  const done = new Map<CodeCell, CodeCell>();
  try {
    await nextMessage(child);
    for (const [index, cell] of codeCells.entries()) {
      onCell(index + 1, codeCells.length);
      child.send(cell.source);
      const { outputs, problems } = (await nextMessage(child).catch((error: Error) => ({
        outputs: [],
        problems: [error.message],
      }))) as Executed;
      if (problems.length > 0) throw new Error(failure(file, index + 1, cell.source, outputs, problems));
      done.set(cell, { ...cell, execution_count: index + 1, outputs });
    }
  } finally {
    if (child.connected) child.disconnect();
  }
  return { ...notebook, cells: notebook.cells.map((cell) => (cell.cell_type === 'code' ? done.get(cell)! : cell)) };
}

async function nextMessage(child: ChildProcess): Promise<unknown> {
  const listening = new AbortController();
  const { signal } = listening;
  const ended = once(child, 'exit', { signal }).then((how) => {
    const [status, killed] = how as [number | null, string | null];
    throw new Error(`the cell ended the process (${killed ?? `exit status ${status}`})`);
  });
  try {
    const [message] = (await Promise.race([once(child, 'message', { signal }), ended])) as [unknown];
    return message;
  } finally {
    ended.catch(() => {});
    listening.abort();
  }
}

function failure(file: string, number: number, source: string, outputs: Output[], problems: readonly string[]): string {
  const printed = outputs.flatMap((output) => (output.output_type === 'stream' ? [output.text.trimEnd()] : []));
  return [`${file}: code cell ${number} failed`, indented(source), ...printed, ...problems].join('\n');
}

const indented = (text: string): string => text.replace(/^/gm, '    ');
