import { compile, type TopLevelSpec } from 'vega-lite';
import { fileTheme } from '../../src/report/theme.ts';

/** Warnings and errors of vega-lite when it compiles a spec. */
export function compileWarnings(spec: TopLevelSpec): string[] {
  const said: string[] = [];
  const collect = (...words: readonly unknown[]): object => {
    said.push(words.join(' '));
    return logger;
  };
  const quiet = (): object => logger;
  const logger: object = { level: quiet, warn: collect, error: collect, info: quiet, debug: quiet };
  compile(spec, { config: fileTheme(), logger: logger as never });
  return said;
}
