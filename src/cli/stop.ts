/** Resolves to the signal that tells the process to stop. A second one ends it at once. */
export const toldToStop = (): Promise<NodeJS.Signals> =>
  new Promise((settle) => {
    let told = false
    for (const signal of ['SIGTERM', 'SIGINT'] as const) {
      process.on(signal, () => {
        if (told) process.exit(130)
        told = true
        settle(signal)
      })
    }
  })
