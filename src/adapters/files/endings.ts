/**
 * The shortest list of names that PEFT's target_modules, and the keys of its patterns, need to say: these modules and no others. A
 * name says every module that it equals or that ends in '.' + name.
 */

/**
 * For each of `chosen` its shortest ending that no module outside `chosen` has, its whole name where there is none, or only one that
 * begins with the number of a layer. Sorted. `all`: every module that must not be matched by accident, `chosen` included or not.
 */
export function shortestEndings(chosen: readonly string[], all: readonly string[]): string[] {
  const wanted = new Set(chosen);
  const others = all.filter((name) => !wanted.has(name));
  const taken = new Set<string>();
  for (const other of others) for (const ending of endingsOf(other)) taken.add(ending);
  const found = chosen.map(
    (name) => endingsOf(name).find((ending) => !taken.has(ending) && !/^\d/.test(ending)) ?? name,
  );
  return [...new Set(found)].sort();
}

/** From the last word on, the whole name last. */
function endingsOf(name: string): string[] {
  const words = name.split('.');
  return words.map((_, i) => words.slice(words.length - 1 - i).join('.'));
}

/** Every module that a site's name passes through: model.layers.0.mlp.down_proj -> model, model.layers, … A vector's name is a tensor's. */
export function modulesOf(sites: readonly { readonly name: string; readonly kind: string }[]): string[] {
  const modules = new Set<string>();
  for (const { name, kind } of sites) {
    const words = name.split('.');
    const length = kind === 'vector' ? words.length - 1 : words.length;
    for (let i = 1; i <= length; i++) modules.add(words.slice(0, i).join('.'));
  }
  return [...modules];
}
