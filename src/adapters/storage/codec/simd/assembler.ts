/**
 * Just enough of an assembler for WebAssembly (its binary format: webassembly.github.io/spec/core/binary) to write loops over four
 * numbers at a time, which JavaScript cannot say. Instructions are in instructions.ts.
 */

/** Bytes of instructions, nested as it is convenient. */
export type Code = number | readonly Code[];

/** A variable of a function. */
export interface Local {
  readonly value: Code;
  set(value: Code): Code;
}

export interface WasmFunction {
  readonly parameters: number;
  readonly integers: number;
  readonly vectors: number;
  readonly body: Code;
}

/** A function without result, of integers of 32 bits; beside its parameters it has variables, integers and vectors of 128 bits. */
export function wasmFunction<Name extends string>(
  { parameters, integers, vectors }: Readonly<Record<'parameters' | 'integers' | 'vectors', readonly Name[]>>,
  body: (locals: Readonly<Record<Name, Local>>) => Code,
): WasmFunction {
  const named = [...parameters, ...integers, ...vectors].map((name, i): [Name, Local] => [name, local(i)]);
  return {
    parameters: parameters.length,
    integers: integers.length,
    vectors: vectors.length,
    body: body(Object.fromEntries(named) as Record<Name, Local>),
  };
}

const local = (index: number): Local => ({ value: [0x20, index], set: (value) => [value, 0x21, index] });

/** The bytes of a module with these functions, whose memory its user gives as `host.memory`. */
export function assemble(functions: Readonly<Record<string, WasmFunction>>): Uint8Array<ArrayBuffer> {
  const all = Object.values(functions);
  const types = all.map(({ parameters }) => [FUNCTION, list(Array<number>(parameters).fill(I32)), list([])]);
  const memory = [text('host'), text('memory'), MEMORY, 0, 1];
  const exported = Object.keys(functions).map((name, index) => [text(name), 0, index]);
  const bodies = all.map(({ integers, vectors, body }) => {
    const variables = [[integers, I32], [vectors, V128]]; // prettier-ignore
    return sized([list(variables), body, END]);
  });
  const module = [
    [0x00, 0x61, 0x73, 0x6d, 0x01, 0x00, 0x00, 0x00],
    [1, sized(list(types))],
    [2, sized(list([memory]))],
    [3, sized(list(all.map((_, index) => index)))],
    [7, sized(list(exported))],
    [10, sized(list(bodies))],
  ];
  return Uint8Array.from(flat(module));
}

const [FUNCTION, I32, V128, MEMORY, END] = [0x60, 0x7f, 0x7b, 0x02, 0x0b];

const flat = (code: Code): number[] => (typeof code === 'number' ? [code] : code.flatMap(flat));
const list = (items: readonly Code[]): Code => [unsigned(items.length), items];
const text = (name: string): Code => list([...new TextEncoder().encode(name)]);
function sized(contents: Code): Code {
  const bytes = flat(contents);
  return [unsigned(bytes.length), bytes];
}

/** A number without sign in LEB128: seven bits a byte, the lowest first. */
export const unsigned = (value: number): Code => (value < 128 ? value : [(value & 127) | 128, unsigned(value >>> 7)]);

/** A number with sign. */
export const signed = (value: number): Code =>
  value >= -64 && value < 64 ? value & 127 : [(value & 127) | 128, signed(value >> 7)];
