/** Milliseconds of the processor that this takes: how busy the machine is otherwise does not count. */
export const processorTime = (act: () => void): number => {
  const before = process.cpuUsage()
  act()
  const { user, system } = process.cpuUsage(before)
  return (user + system) / 1_000
}
