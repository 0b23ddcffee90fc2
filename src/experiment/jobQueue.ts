/** Jobs for several who take them at the same time, each of whom may add jobs when one is done. */
export interface JobQueue<Job> {
  /** The next job, as soon as there is one. Null where all are done, and once the queue is closed. */
  take(): Promise<Job | null>;
  /** They come next: what follows them may be more. */
  add(jobs: readonly Job[]): void;
  /** A job that was taken comes next again. */
  putBack(job: Job): void;
  /** A job that was taken is done; what it leads to has been added. */
  done(): void;
  /** Nobody gets a job any more. */
  close(): void;
}

export function jobQueue<Job>(first: readonly Job[]): JobQueue<Job> {
  const jobs = [...first];
  let waiting: ((job: Job | null) => void)[] = [];
  let inHand = 0;
  let closed = false;

  /** Gives jobs to those who wait, and sends them away where none can come. */
  const serve = (): void => {
    while (waiting.length > 0 && jobs.length > 0 && !closed) {
      inHand++;
      waiting.shift()!(jobs.shift()!);
    }
    if (!closed && (jobs.length > 0 || inHand > 0)) return;
    for (const leave of waiting) leave(null);
    waiting = [];
  };

  return {
    take: () =>
      new Promise((resolve) => {
        waiting.push(resolve);
        serve();
      }),
    add(more) {
      jobs.unshift(...more);
      serve();
    },
    putBack(job) {
      inHand--;
      jobs.unshift(job);
      serve();
    },
    done() {
      inHand--;
      serve();
    },
    close() {
      closed = true;
      serve();
    },
  };
}
