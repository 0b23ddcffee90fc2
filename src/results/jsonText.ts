/** JSON to read: indented, with each innermost list (a history's column) on one line. The same value gives the same bytes. */
export function jsonText(value: unknown): string {
  const indented = JSON.stringify(value, null, 2);
  // A line break inside brackets is never part of a string: JSON writes that as \n.
  return `${indented.replace(/\[\n[^[\]{}]*\n\s*\]/g, (list) => list.replace(/\n\s*/g, ' ').replace(/^\[ | \]$/g, (edge) => edge.trim()))}\n`;
}
