/** Further tasks that are scored before and after training: neither learnt, nor the source. */
import type { Task } from '../data/task.ts';
import { RequestError } from '../errors.ts';
import { shown } from '../optionNames.ts';
import { checkTask } from './variant.ts';

/** Names that scores have already. */
const taken = ['learn', 'retain'];

/** Throws a RequestError unless these are tasks by name, each there once. */
export function checkObserved(observe: { readonly [name: string]: Task }): void {
  if (typeof observe !== 'object' || observe === null || Array.isArray(observe))
    throw new RequestError(
      `observe must hold tasks by name, such as { sums: sums({ digits: 2 }) }, not ${shown(observe)}`,
    );
  const known = new Map<string, string>();
  for (const [name, task] of Object.entries(observe)) {
    if (name.trim() === '') throw new RequestError('observe: a task needs a name');
    if (taken.includes(name)) throw new RequestError(`observe: "${name}" is scored anyway; give the task another name`);
    checkTask(`observe.${name}`, task);
    const same = JSON.stringify([task.name, task.spec]);
    const other = known.get(same);
    if (other !== undefined) throw new RequestError(`observe: ${other} and ${name} are the same task; leave one out`);
    known.set(same, name);
  }
}
