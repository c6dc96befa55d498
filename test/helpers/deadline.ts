/** How long a test waits for what it expects; reached only when it fails. */
export const DEADLINE_MS = 30_000;

/** Rejects, with what was waited for, when `promise` has not settled in time. */
export async function within<T>(promise: Promise<T>, what: string, milliseconds = DEADLINE_MS): Promise<T> {
  let timer: NodeJS.Timeout | undefined;
  const deadline = new Promise<never>((_resolve, reject) => {
    timer = setTimeout(() => reject(new Error(`waited ${milliseconds} ms for ${what}`)), milliseconds);
  });
  try {
    return await Promise.race([promise, deadline]);
  } finally {
    clearTimeout(timer);
  }
}
