/** A worker process as much like the one that made a record as there can be here: its engine, its kernels, its threads. */
import { messageOf, RequestError } from '../errors.ts';
import type { WorkerStart } from '../experiment/messages.ts';
import { startWorker, type WorkerProcess } from '../experiment/workerProcess.ts';
import type { Environment } from '../results/record/environment.ts';

export interface StartAsOptions {
  readonly start: Pick<WorkerStart, 'file' | 'quick' | 'seeds'>;
  /** Instead of the record's. */
  readonly engine: string | null;
  readonly say: (line: string) => void;
}

/** A process, and how another one like it is started. */
export interface Started {
  readonly worker: WorkerProcess;
  startAnother(): Promise<WorkerProcess>;
}

/**
 * Where the record's engine cannot be used here, the best that can; where its kernels cannot, or ADAPTERLAB_KERNELS chooses others, those.
 * `say` hears of it. Throws a RequestError where no engine, or not the one asked for, can be used.
 */
export async function startAs(there: Environment, { start, engine, say }: StartAsOptions): Promise<Started> {
  const { threads } = there;
  const attempt = async (how: Pick<WorkerStart, 'engine' | 'kernels'>): Promise<Started> => {
    const one = (): Promise<WorkerProcess> => startWorker({ ...start, ...how, threads }, say);
    return { worker: await one(), startAnother: one };
  };
  let failed: RequestError | null = null;
  for (const how of waysFrom(there, engine)) {
    try {
      return await attempt(how);
    } catch (error) {
      if (!(error instanceof RequestError)) throw error;
      if (!failed) say(`not as it was recorded (${there.engine}): ${messageOf(error).replaceAll('\n', ' ')}`);
      failed ??= error;
    }
  }
  throw failed!;
}

/** The first that works is taken. */
function waysFrom(there: Environment, asked: string | null): Pick<WorkerStart, 'engine' | 'kernels'>[] {
  const engine = asked ?? there.engine;
  const hadKernels = there.versions.tensorflow !== undefined && engine === there.engine;
  const chosen = process.env.ADAPTERLAB_KERNELS !== undefined;
  return [
    ...(hadKernels && !chosen ? [{ engine, kernels: there.kernels ?? 'off' }] : []),
    { engine },
    ...(asked === null ? [{}] : []),
  ];
}
