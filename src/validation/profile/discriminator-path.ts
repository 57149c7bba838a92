/** The path of a discriminator, and what it finds from an item (http://hl7.org/fhir/R4/profiling.html#discriminator). */
import { childrenOf } from '../children.ts'
import { isNode } from '../invariants/invariant.ts'
import { typeNamed } from '../references/references.ts'
import { type Run, type Spot, spotBelow } from '../spot.ts'

/** One step: the restricted FHIRPath that R4 allows there. */
export type Step =
  | Readonly<{ kind: 'child'; name: string }>
  | Readonly<{ kind: 'extension'; url: string }>
  | Readonly<{ kind: 'type'; type: string }>
  | Readonly<{ kind: 'resolve' }>

const STEP =
  /(?:(\$this)|(resolve)\(\)|extension\(\s*['"]([^'"]+)['"]\s*\)|(?:ofType|as)\(\s*(?:FHIR\.)?([A-Za-z]+)\s*\)|([A-Za-z][A-Za-z0-9]*)(?:\[x\])?)(?:\.|$)/y

/** The steps of a path, none for `$this`; undefined for a path that R4 does not allow in a discriminator. */
export const stepsOf = (path: string): readonly Step[] | undefined => {
  const steps: Step[] = []
  STEP.lastIndex = 0
  while (STEP.lastIndex < path.length) {
    const found = STEP.exec(path)
    if (found === null) return undefined
    const [, self, resolve, url, type, name] = found
    if (self !== undefined) continue
    if (resolve !== undefined) steps.push({ kind: 'resolve' })
    else if (url !== undefined) steps.push({ kind: 'extension', url })
    else if (type !== undefined) steps.push({ kind: 'type', type })
    else if (name !== undefined) steps.push({ kind: 'child', name })
  }
  return steps
}

const resolved = (spot: Spot, run: Run): readonly Spot[] => {
  const reference = isNode(spot.value) ? spot.value['reference'] : undefined
  if (typeof reference !== 'string') return []
  const found = run.resolve(spot, reference)
  if (found !== undefined) return [found]
  // What is elsewhere is known by its type alone.
  const type = typeNamed(reference)
  return type === undefined ? [] : [spotBelow(spot, 'resolve()', undefined, type, undefined)]
}

/** What is found from an item. */
export type Finds = (spot: Spot, run: Run) => readonly Spot[]

const findsBy = (step: Step): Finds => {
  switch (step.kind) {
    case 'child':
      return childrenOf(step.name)
    case 'extension': {
      const extensions = childrenOf('extension')
      return (spot) => extensions(spot).filter(({ value }) => isNode(value) && value['url'] === step.url)
    }
    case 'type':
      return (spot) => (spot.type === step.type ? [spot] : [])
    case 'resolve':
      return resolved
  }
}

/** What the path of a discriminator finds from an item; compiled, as it is asked of every item. */
export const findsThrough = (steps: readonly Step[]): Finds => {
  const [first, ...rest] = steps.map(findsBy)
  if (first === undefined) return (spot) => [spot]
  if (rest.length === 0) return first
  return (spot, run) => rest.reduce((found, finds) => found.flatMap((one) => finds(one, run)), first(spot, run))
}
