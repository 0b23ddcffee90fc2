/** One line about what goes on: rewritten on a terminal, said now and then elsewhere. */
export interface LiveLine {
  /** From here on there is something to say, also while nothing happens. */
  start(): void;
  /** Something has changed. */
  show(): void;
  /** A line of its own. */
  say(text: string): void;
  /** No more of it; the line on the terminal is removed. */
  end(): void;
}

/** Seconds between two lines where there is no terminal. */
const lineEverySeconds = 10;

/** `stream`: standard error, as a rule. */
export function liveLine(stream: NodeJS.WriteStream, line: () => string): LiveLine {
  const terminal = stream.isTTY === true;
  let shownAt = 0;
  let timer: NodeJS.Timeout | undefined;
  const clear = (): void => void (terminal && stream.write('\r\x1b[K'));

  function show(force: boolean): void {
    const now = performance.now();
    if (!force && now - shownAt < (terminal ? 100 : lineEverySeconds * 1000)) return;
    shownAt = now;
    if (terminal) stream.write(`\r\x1b[K${line().slice(0, (stream.columns || 80) - 1)}`);
    else stream.write(`${line()}\n`);
  }

  return {
    start() {
      show(true);
      // Also while nothing is heard from a process that is busy.
      timer = setInterval(() => show(false), 1000).unref();
    },
    show: () => show(false),
    say(text) {
      clear();
      stream.write(`${text}\n`);
      if (terminal && timer) show(true);
    },
    end() {
      clearInterval(timer);
      timer = undefined;
      clear();
    },
  };
}
