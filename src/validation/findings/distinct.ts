import type { Finding } from './finding.ts'

/** Findings, each once, in the order in which they came. */
export type Distinct = Readonly<{ add(finding: Finding): void; all(): readonly Finding[] }>

/** So many are compared with each other; of more it is looked up whether one is there. */
const FEW = 60

const isSame = (one: Finding, other: Finding): boolean =>
  one.key === other.key &&
  one.expression === other.expression &&
  one.severity === other.severity &&
  one.text === other.text

const keyOf = ({ key, expression, severity, text }: Finding): string => `${key} ${expression} ${severity} ${text}`

/** No findings yet; two are the same that say the same of the same place. */
export const distinct = (): Distinct => {
  const found: Finding[] = []
  let keys: Set<string> | undefined
  return {
    add(finding) {
      if (found.length < FEW) {
        if (found.every((one) => !isSame(one, finding))) found.push(finding)
        return
      }
      keys ??= new Set(found.map(keyOf))
      const key = keyOf(finding)
      if (keys.has(key)) return
      keys.add(key)
      found.push(finding)
    },
    all: () => found,
  }
}
