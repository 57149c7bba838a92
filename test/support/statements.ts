import type { TestService } from './service.ts'

/**
 * Statements that the store sends while this is done: the fewest of three times, for what the service does by itself, such as asking what is due,
 * is counted too where it falls in between.
 */
export const statements = async ({ services }: TestService, act: () => Promise<unknown>): Promise<number> => {
  const counts: number[] = []
  while (counts.length < 3) {
    const before = services.store.statements()
    await act()
    counts.push(services.store.statements() - before)
  }
  return Math.min(...counts)
}
