/** What an element says in codes, as it stands there. */
import type { LoadedCodeSystem } from '../../definitions/terminology/code-system.ts'
import { isNode } from '../invariants/invariant.ts'
import type { Spot } from '../spot.ts'

export const textIn = (value: unknown, name: string): string | undefined => {
  const found = isNode(value) ? value[name] : undefined
  return typeof found === 'string' ? found : undefined
}

/** What a value says in codes: of a concept each coding, of a plain code only the code. */
export const codingsOf = ({ value, type }: Pick<Spot, 'value' | 'type'>): readonly unknown[] => {
  if (type === 'CodeableConcept') {
    const list = isNode(value) ? value['coding'] : undefined
    return Array.isArray(list) ? list : []
  }
  return value === undefined ? [] : [value]
}

/** True for a Coding of another version of its system than the one that is known: what it has or calls otherwise may be right there. */
export const isOfOtherVersion = (spot: Spot, { resource }: LoadedCodeSystem): boolean => {
  const version = textIn(spot.value, 'version')
  return version !== undefined && resource.version !== undefined && version !== resource.version
}
