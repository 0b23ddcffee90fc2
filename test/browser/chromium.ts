/** A page in Chromium, driven over its debugging pipe: what a reader does, and what the browser complains of. */
import { type ChildProcess, spawn } from 'node:child_process';
import { existsSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import type { Readable, Writable } from 'node:stream';

export interface Browser {
  open(file: string, options?: View): Promise<Page>;
  close(): Promise<void>;
}

export interface View {
  /** CSS pixels. */
  readonly width?: number;
  readonly height?: number;
  readonly dark?: boolean;
  readonly fragment?: string;
  /** Without scripts, as some readers have it. */
  readonly scripts?: boolean;
}

export interface Page {
  /** The value of a JavaScript expression in the page, awaited. */
  evaluate<T>(expression: string): Promise<T>;
  /** Waits until an expression is true; an Error after a minute. */
  until(expression: string): Promise<void>;
  press(key: 'Enter' | ' ' | 'Tab'): Promise<void>;
  resize(width: number): Promise<void>;
  /** Of the whole page, or of a part of it: from so many pixels below its top on. */
  picture(file: string, part?: { top: number; height: number }): Promise<void>;
  pdf(file: string): Promise<void>;
  /** What a reader sees as text, without scripts too. */
  text(): Promise<string>;
  /** From now on as it is printed. */
  print(): Promise<void>;
  /** What was printed as a warning or an error, what was thrown, and what the policy refused. */
  readonly complaints: string[];
  close(): Promise<void>;
}

const programs = ['/usr/bin/chromium', '/usr/bin/chromium-browser', '/usr/bin/google-chrome'];

/** Chromium's file: that of CHROMIUM, else where systems put it; null where there is none. */
export function chromium(): string | null {
  const { CHROMIUM } = process.env;
  return CHROMIUM ?? programs.find((file) => existsSync(file)) ?? null;
}

interface Message {
  id?: number;
  method?: string;
  sessionId?: string;
  params?: Record<string, unknown>;
  result?: Record<string, unknown>;
  error?: { message: string };
}

export async function startBrowser(program: string): Promise<Browser> {
  const profile = mkdtempSync(path.join(tmpdir(), 'adapterlab-chromium-'));
  const words = ['--headless', '--no-sandbox', '--disable-gpu', '--hide-scrollbars', '--no-first-run'];
  const child = spawn(program, [...words, `--user-data-dir=${profile}`, '--remote-debugging-pipe', 'about:blank'], {
    stdio: ['ignore', 'ignore', 'ignore', 'pipe', 'pipe'],
  });
  const { send, listen } = pipe(child);
  return {
    async open(file, view = {}) {
      const { targetId } = await send('Target.createTarget', { url: 'about:blank' });
      const { sessionId } = await send('Target.attachToTarget', { targetId, flatten: true });
      const call = (method: string, params: object = {}): Promise<Record<string, unknown>> =>
        send(method, params, sessionId as string);
      const complaints: string[] = [];
      listen(sessionId as string, (message) => complaints.push(...complaintOf(message)));
      await Promise.all(['Page', 'Runtime', 'Log', 'Network'].map((domain) => call(`${domain}.enable`)));
      const page = pageOf(call, view.dark ?? false, complaints, () => send('Target.closeTarget', { targetId }));
      await call('Network.emulateNetworkConditions', {
        offline: true,
        latency: 0,
        downloadThroughput: 0,
        uploadThroughput: 0,
      });
      await call('Emulation.setEmulatedMedia', {
        features: [scheme(view.dark ?? false)],
      });
      if (view.scripts === false) await call('Emulation.setScriptExecutionDisabled', { value: true });
      await call('Emulation.setDeviceMetricsOverride', {
        width: view.width ?? 1280,
        height: view.height ?? 900,
        deviceScaleFactor: 1,
        mobile: false,
      });
      await call('Page.navigate', { url: `file://${path.resolve(file)}${view.fragment ?? ''}` });
      await page.until(`document.readyState === 'complete'`);
      return page;
    },
    async close() {
      await send('Browser.close').catch(() => undefined);
      if (child.exitCode === null) await new Promise((resolve) => child.once('exit', resolve));
      rmSync(profile, { recursive: true, force: true, maxRetries: 5 });
    },
  };
}

type Call = (method: string, params?: object) => Promise<Record<string, unknown>>;

function pageOf(call: Call, isDark: boolean, complaints: string[], close: () => Promise<unknown>): Page {
  const evaluate = async <T>(expression: string): Promise<T> => {
    const answer = await call('Runtime.evaluate', { expression, awaitPromise: true, returnByValue: true });
    const { result, exceptionDetails } = answer as { result: { value: T }; exceptionDetails?: { text: string } };
    if (exceptionDetails) throw new Error(`${expression}: ${JSON.stringify(exceptionDetails)}`);
    return result.value;
  };
  return {
    evaluate,
    complaints,
    async until(expression) {
      const end = Date.now() + 60_000;
      while (!(await evaluate<boolean>(`Boolean(${expression})`))) {
        if (Date.now() > end) throw new Error(`the page was waited for a minute, in vain: ${expression}`);
        await new Promise((resolve) => setTimeout(resolve, 40));
      }
    },
    async press(key) {
      const text = key === 'Enter' ? '\r' : key === ' ' ? ' ' : undefined;
      const code = { Enter: 13, ' ': 32, Tab: 9 }[key];
      await call('Input.dispatchKeyEvent', { type: 'keyDown', key, text, windowsVirtualKeyCode: code });
      await call('Input.dispatchKeyEvent', { type: 'keyUp', key, windowsVirtualKeyCode: code });
    },
    async resize(width) {
      await call('Emulation.setDeviceMetricsOverride', { width, height: 900, deviceScaleFactor: 1, mobile: false });
    },
    async picture(file, part) {
      const [width, all] = await evaluate<[number, number]>('[innerWidth, document.documentElement.scrollHeight]');
      const { top, height } = part ?? { top: 0, height: all };
      const clip = { x: 0, y: top, width, height: Math.min(height, all - top), scale: 1 };
      const { data } = await call('Page.captureScreenshot', { captureBeyondViewport: true, clip });
      writeFileSync(file, Buffer.from(data as string, 'base64'));
    },
    async pdf(file) {
      const { data } = await call('Page.printToPDF', {});
      writeFileSync(file, Buffer.from(data as string, 'base64'));
    },
    // Evaluation from outside is possible where the page's own scripts are not run.
    text: () => evaluate<string>('document.body.innerText'),
    async print() {
      await call('Emulation.setEmulatedMedia', { media: 'print', features: [scheme(isDark)] });
    },
    async close() {
      await close();
    },
  };
}

const scheme = (isDark: boolean): { name: string; value: string } => ({
  name: 'prefers-color-scheme',
  value: isDark ? 'dark' : 'light',
});

function complaintOf({ method, params = {} }: Message): string[] {
  if (method === 'Runtime.exceptionThrown') return [JSON.stringify(params.exceptionDetails)];
  if (method === 'Log.entryAdded') {
    const { level, text } = params.entry as { level: string; text: string };
    return level === 'error' || level === 'warning' ? [text] : [];
  }
  if (method === 'Runtime.consoleAPICalled') {
    const { type, args } = params as { type: string; args: { value?: unknown; description?: string }[] };
    const said = args
      .map(({ value, description }) => (typeof value === 'string' ? value : (description ?? JSON.stringify(value))))
      .join(' ');
    return type === 'error' || type === 'warning' ? [said] : [];
  }
  return [];
}

/** Chromium's debugging protocol over its third and fourth file: JSON, each message ended by a zero byte. */
function pipe(child: ChildProcess) {
  const [into, out] = [child.stdio[3] as Writable, child.stdio[4] as Readable];
  const waiting = new Map<number, { resolve(result: Record<string, unknown>): void; reject(error: Error): void }>();
  const listeners = new Map<string, (message: Message) => void>();
  let last = 0;
  let rest = Buffer.alloc(0);
  const stop = (error: Error): void => {
    for (const { reject } of waiting.values()) reject(error);
    waiting.clear();
  };
  child.once('exit', (code) => stop(new Error(`Chromium ended with ${code}`)));
  child.once('error', stop);
  into.on('error', stop);
  out.on('data', (chunk: Buffer) => {
    rest = Buffer.concat([rest, chunk]);
    for (let end = rest.indexOf(0); end >= 0; end = rest.indexOf(0)) {
      const message = JSON.parse(rest.subarray(0, end).toString('utf8')) as Message;
      rest = rest.subarray(end + 1);
      const { id, sessionId, result, error } = message;
      if (id === undefined) listeners.get(sessionId ?? '')?.(message);
      else if (error) waiting.get(id)?.reject(new Error(error.message));
      else waiting.get(id)?.resolve(result ?? {});
      if (id !== undefined) waiting.delete(id);
    }
  });
  return {
    send: (method: string, params: object = {}, sessionId?: string): Promise<Record<string, unknown>> =>
      new Promise((resolve, reject) => {
        const id = ++last;
        waiting.set(id, { resolve, reject });
        into.write(`${JSON.stringify({ id, method, params, ...(sessionId ? { sessionId } : {}) })}\0`);
      }),
    listen: (sessionId: string, listener: (message: Message) => void): unknown => listeners.set(sessionId, listener),
  };
}
