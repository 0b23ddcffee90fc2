/**
 * The first key that an object of this JSON text has twice, or undefined. `JSON.parse` silently keeps the last one, so that a file could
 * show one tensor to us and another to the next reader. The text must already have been parsed without error.
 */
export function duplicateKey(json: string): string | undefined {
  const open: Set<string>[] = [];
  for (let i = 0; i < json.length; i++) {
    if (json[i] === '{') open.push(new Set());
    else if (json[i] === '}') open.pop();
    else if (json[i] === '"') {
      const start = i;
      for (i++; json[i] !== '"'; i++) if (json[i] === '\\') i++;
      const end = i + 1;
      while (/\s/.test(json[i + 1] ?? '')) i++;
      if (json[i + 1] !== ':') continue;
      const key = JSON.parse(json.slice(start, end)) as string;
      const keys = open[open.length - 1];
      if (keys.has(key)) return key;
      keys.add(key);
    }
  }
  return undefined;
}
