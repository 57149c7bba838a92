import type { Parameters, ParametersParameter } from 'fhir/r4.js'
import { marksHolding } from './answer.ts'

/** `GET /openapi.yaml`, schema CompactEmergencyAnswer: its properties in the order of the answer. */
export type CompactAnswer = Readonly<Record<string, unknown>>

/** Parameters of which there is at most one: their parts become properties of the answer itself, after this word. */
const FLAT: Readonly<Record<string, string>> = {
  identity: '',
  cpr: 'cpr',
  'overall-focus': 'focus',
  involvement: 'involvement',
}

/** Parameters that may be repeated: one list each, which is there with a plan even where it is empty. */
const LISTS: Readonly<Record<string, string>> = {
  refusal: 'refusals',
  recommendation: 'recommendations',
  'what-matters': 'whatMatters',
  contact: 'contacts',
  proxy: 'proxies',
  medicine: 'medicines',
  capacity: 'capacity',
  'preferred-place': 'preferredPlaces',
  plan: 'plans',
}

const SHARING = 'sharing'

/** Parts that may be repeated, with the names of their lists. */
const REPEATED: Readonly<Record<string, string>> = {
  'identity.identifier': 'identifiers',
  'contact.phone': 'phones',
  'holder.phone': 'phones',
  'proxy.holder': 'holders',
  'mark.about': 'about',
  'involvement.basis': 'basis',
}

/** For programs, and told in the marks that hold: never shown as a value of its own. */
const LEFT_OUT: readonly string[] = ['mark', 'issue']

/**
 * An emergency answer as a small flat object, for programs that know no FHIR: the same values under names without nesting, and of the marks those
 * that hold now. Derived from the stored answer alone, so it cannot say anything else. Parameters that are not known here keep their names.
 */
export const compactAnswer = (answer: Parameters, now: Date): CompactAnswer => {
  const compact: Record<string, unknown> = {}
  for (const parameter of answer.parameter ?? []) {
    const { name } = parameter
    if (LEFT_OUT.includes(name)) continue
    const list = name === SHARING ? SHARING : LISTS[name]
    if (list !== undefined) compact[list] = [...((compact[list] as unknown[] | undefined) ?? []), partsOf(parameter)]
    else if (FLAT[name] !== undefined) Object.assign(compact, prefixed(FLAT[name], partsOf(parameter)))
    else Object.assign(compact, propertyOf(name, parameter))
    if (name === 'outcome') compact['readAt'] = now.toISOString()
  }
  if (compact['outcome'] !== 'current-plan') return compact
  for (const list of Object.values(LISTS)) compact[list] ??= []
  return { ...compact, marks: marksHolding(answer, now).map(partsOf) }
}

const partsOf = ({ name, part = [] }: ParametersParameter): CompactAnswer => {
  const object: Record<string, unknown> = {}
  for (const item of part) {
    const list = REPEATED[`${name}.${item.name}`]
    if (list === undefined) Object.assign(object, propertyOf(item.name, item))
    else object[list] = [...((object[list] as unknown[] | undefined) ?? []), single(item)]
  }
  return object
}

/** The value of one item of a list. */
const single = (item: ParametersParameter): unknown =>
  item.part === undefined ? propertyOf(item.name, item)[item.name] : partsOf(item)

/** A coding becomes two properties, its words and its code; a reference its text; everything else its value. */
const propertyOf = (name: string, parameter: ParametersParameter): CompactAnswer => {
  const { name: _name, part: _part, ...value } = parameter
  if (parameter.valueCoding !== undefined)
    return { [name]: parameter.valueCoding.display, [`${name}Code`]: parameter.valueCoding.code }
  if (parameter.valueReference !== undefined) return { [name]: parameter.valueReference.reference }
  return { [name]: Object.values(value)[0] }
}

const prefixed = (prefix: string, values: CompactAnswer): CompactAnswer =>
  prefix === ''
    ? values
    : Object.fromEntries(
        Object.entries(values).map(([name, value]) => [
          name === prefix || (name === 'recommendation' && prefix === 'cpr')
            ? prefix
            : `${prefix}${name.charAt(0).toUpperCase()}${name.slice(1)}`,
          value,
        ]),
      )
