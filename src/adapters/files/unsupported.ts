/** A request that makes sense but that this version cannot fulfil. */
export class Unsupported extends Error {
  override readonly name = 'Unsupported';
}
