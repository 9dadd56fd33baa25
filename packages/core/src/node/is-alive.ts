import { codeOf } from './system-reason.js';

/** Whether a process of this machine runs. */
export function isAlive(pid: number): boolean {
  try {
    process.kill(pid, 0); // asks only
    return true;
  } catch (error) {
    // One that belongs to somebody else may not even be asked.
    return codeOf(error) === 'EPERM';
  }
}
