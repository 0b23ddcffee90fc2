/** Ctrl-C and its like as an AbortSignal: the first asks for an orderly end, the second ends the process. */
export interface Stoppable {
  readonly signal: AbortSignal;
  /** What was received, if anything. */
  received(): NodeJS.Signals | null;
  /** From here on a signal does what it always does. */
  end(): void;
}

/** What asks a program to end. */
export const signals = ['SIGINT', 'SIGTERM', 'SIGHUP'] as const;

export function stoppable(onFirst: () => void): Stoppable {
  const controller = new AbortController();
  let received: NodeJS.Signals | null = null;
  const stop = (signal: NodeJS.Signals): void => {
    if (received) process.exit(130);
    received = signal;
    onFirst();
    controller.abort(new Error(`stopped by ${signal}`));
  };
  for (const signal of signals) process.on(signal, stop);
  return {
    signal: controller.signal,
    received: () => received,
    end() {
      for (const signal of signals) process.off(signal, stop);
    },
  };
}
