import { readdir, readFile } from 'node:fs/promises'

/** Ticks of `/proc/[pid]/stat` in a second, on every Linux of today (`getconf CLK_TCK`). */
const TICKS_PER_SECOND = 100

/**
 * Seconds of processor time that a process, its children, and those of them that have ended have used; 0 where the system does not tell (`proc(5)`).
 */
export const cpuSeconds = async (pid: number | undefined): Promise<number> => {
  if (pid === undefined) return 0
  const all = await Promise.all([pid, ...(await childrenOf(pid))].map(ticksOf))
  return all.reduce((sum, ticks) => sum + ticks, 0) / TICKS_PER_SECOND
}

/** What stands after the name, which may hold anything: the state is the first field of it. */
const fieldsOf = async (pid: number | string): Promise<string[]> => {
  const text = await readFile(`/proc/${pid}/stat`, 'utf8').catch(() => '')
  return text.slice(text.lastIndexOf(')') + 2).split(' ')
}

const ticksOf = async (pid: number): Promise<number> => {
  const fields = await fieldsOf(pid)
  return fields.slice(11, 15).reduce((sum, field) => sum + Number(field), 0)
}

const childrenOf = async (parent: number): Promise<number[]> => {
  const pids = (await readdir('/proc').catch(() => [])).filter((name) => /^\d+$/.test(name))
  const parents = await Promise.all(pids.map(async (pid) => Number((await fieldsOf(pid))[1])))
  return pids.filter((_, index) => parents[index] === parent).map(Number)
}
