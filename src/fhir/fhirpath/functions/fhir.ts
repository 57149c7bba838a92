import { fromValues } from '../compiled.ts'
import { FhirPathFault } from '../fault.ts'
import { type Collection, childrenNamed, type Item, isObject, NOTHING, system } from '../item.ts'
import { single } from '../operators.ts'
import { type Run, spend } from '../run.ts'
import { asking, eager, type Functions, textOf } from './function.ts'

const resolved = (run: Run, item: Item): Item | undefined => {
  const reference = isObject(item.value) ? item.value['reference'] : item.value
  return typeof reference === 'string' ? run.environment.resolve?.(reference) : undefined
}

/** Of the moment of the evaluation, what stands between two places of its text; nothing, and not known, where no time is given. */
const clock = (type: 'DateTime' | 'Date' | 'Time', from: number, to: number) =>
  eager(0, 0, (run): Collection => {
    const text = run.environment.now?.toISOString()
    if (text === undefined) run.isUncertain = true
    return text === undefined ? NOTHING : [system(type, text.slice(from, to))]
  })

/** What FHIR adds (http://hl7.org/fhir/R4/fhirpath.html#functions), and what tells the time. */
export const FHIR: Functions = {
  extension: {
    least: 1,
    most: 1,
    compile: ({ from, parameters: [parameter], context: { model } }) =>
      fromValues((run, focus) => {
        const url = textOf(parameter?.values(run, focus) ?? NOTHING, 'extension()')
        const found: Item[] = []
        const items = from.values(run, focus)
        spend(run, items.length)
        for (const item of items) childrenNamed(item, 'extension', model, found)
        return url === undefined ? NOTHING : found.filter(({ value }) => isObject(value) && value['url'] === url)
      }),
  },
  hasValue: asking(0, 0, (_, items) => {
    const value = items.length === 1 ? items[0]?.value : undefined
    return value !== undefined && typeof value !== 'object'
  }),
  getValue: eager(0, 0, (_, items) => (typeof items[0]?.value === 'object' ? NOTHING : items.slice(0, 1))),
  resolve: eager(0, 0, (run, items) => items.map((item) => resolved(run, item)).filter((item) => item !== undefined)),
  memberOf: asking(1, 1, (run, items, valueSet = NOTHING) => {
    const [item, url] = [single(items, 'memberOf()'), textOf(valueSet, 'memberOf()')]
    return item === undefined || url === undefined ? undefined : unsure(run, run.environment.memberOf?.(item, url))
  }),
  conformsTo: asking(1, 1, (run, items, profile = NOTHING) => {
    const [item, url] = [single(items, 'conformsTo()'), textOf(profile, 'conformsTo()')]
    return item === undefined || url === undefined ? undefined : unsure(run, run.environment.conformsTo?.(item, url))
  }),
  htmlChecks: asking(0, 0, (run, items) => {
    const text = textOf(items, 'htmlChecks()')
    return text === undefined ? undefined : unsure(run, run.environment.isAllowedHtml?.(text))
  }),
  elementDefinition: notHere('elementDefinition'),
  slice: notHere('slice'),
  checkModifiers: eager(0, Number.POSITIVE_INFINITY, (_, items) => items),
  now: clock('DateTime', 0, 24),
  today: clock('Date', 0, 10),
  timeOfDay: clock('Time', 11, 23),
}

/** Notes that an answer is not known, so that nobody takes it for a no. */
function unsure(run: Run, answer: boolean | undefined): boolean | undefined {
  if (answer === undefined) run.isUncertain = true
  return answer
}

/** A function of FHIR's whose answer hangs on definitions that no expression here is given. */
function notHere(name: string) {
  return {
    least: 0,
    most: Number.POSITIVE_INFINITY,
    compile: () => {
      throw new FhirPathFault('not-supported', `${name}() is not supported.`)
    },
  }
}
