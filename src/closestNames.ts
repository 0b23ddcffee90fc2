/** The `count` names closest to `wanted` by edit distance (Levenshtein), closest first; for messages about a name that does not exist. */
export function closestNames(wanted: string, names: Iterable<string>, count = 3): string[] {
  return Array.from(names, (name) => ({ name, distance: editDistance(wanted, name) }))
    .sort((a, b) => a.distance - b.distance)
    .slice(0, count)
    .map(({ name }) => name);
}

/** The end of a message about a name that does not exist: `closest: a, b`. */
export function closestText(wanted: string, names: Iterable<string>): string {
  const closest = closestNames(wanted, names);
  return closest.length > 0 ? `closest: ${closest.join(', ')}` : 'there are none at all';
}

/** Insertions, deletions and replacements of one character that turn `a` into `b`; one row of the table at a time. */
function editDistance(a: string, b: string): number {
  let row = Array.from({ length: b.length + 1 }, (_, j) => j);
  for (let i = 1; i <= a.length; i++) {
    const next = [i];
    for (let j = 1; j <= b.length; j++) {
      next.push(Math.min(row[j] + 1, next[j - 1] + 1, row[j - 1] + (a[i - 1] === b[j - 1] ? 0 : 1)));
    }
    row = next;
  }
  return row[b.length];
}
