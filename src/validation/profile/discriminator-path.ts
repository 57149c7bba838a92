/** One step of the path of a discriminator (http://hl7.org/fhir/R4/profiling.html#discriminator): the restricted FHIRPath that R4 allows there. */
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
