import { R4_MODEL } from '../../definitions/path-model.ts'
import { orderOf } from '../../fhir/fhirpath/fhirpath.ts'
import { isAfter } from '../values/dates.ts'
import { has, hasChoice, type Invariant, type Node, node } from './invariant.ts'

const UCUM = 'http://unitsofmeasure.org'

const isUcum = (quantity: Node): boolean => !has(quantity, 'system') || quantity['system'] === UCUM

const needs = (element: Node, name: string, other: string): boolean => !has(element, name) || has(element, other)

const isNotNegative = (element: Node, name: string): boolean => !(Number(element[name]) < 0)

const offsetHasWhen = (repeat: Node): boolean => {
  const when = repeat['when']
  return Array.isArray(when) && !when.some((code) => ['C', 'CM', 'CD', 'CV'].includes(String(code)))
}

const startsBeforeEnd = ({ start, end }: Node): boolean =>
  typeof start !== 'string' || typeof end !== 'string' || !isAfter(start, end)

const isOrdered = (range: Node): boolean => {
  const low = node(range, 'low')
  const high = node(range, 'high')
  if (low === undefined || high === undefined) return true
  if (low['code'] === high['code']) return !(Number(low['value']) > Number(high['value']))
  const order = orderOf({ value: low, type: 'Quantity' }, { value: high, type: 'Quantity' }, R4_MODEL)
  // What is in units that cannot be compared is taken to be in order.
  return order === undefined || order <= 0
}

const codedUnit = (path: string): Invariant => ({
  key: 'qty-3',
  path,
  onlyWith: ['code'],
  holds: (quantity) => needs(quantity, 'code', 'system'),
  text: 'A coded unit needs the system that its code is from. Add system, e.g. http://unitsofmeasure.org.',
})

/** http://hl7.org/fhir/R4/datatypes.html, http://hl7.org/fhir/R4/references.html#invs, http://hl7.org/fhir/R4/extensibility.html#invs */
export const DATATYPE_INVARIANTS: readonly Invariant[] = [
  {
    key: 'ext-1',
    path: 'Extension',
    holds: (extension) => has(extension, 'extension') !== hasChoice(extension, 'value'),
    text: 'An extension has either a value or nested extensions, not both and not neither. Send one of them.',
  },
  {
    key: 'per-1',
    path: 'Period',
    onlyWith: ['end'],
    holds: startsBeforeEnd,
    text: 'A period must not end before it starts. Put start and end in order.',
  },
  codedUnit('Quantity'),
  codedUnit('SimpleQuantity'),
  {
    key: 'age-1',
    path: 'Age',
    holds: (age) => needs(age, 'value', 'code') && isUcum(age) && !(Number(age['value']) <= 0),
    text: 'An age needs a coded unit of time from UCUM, and its value is more than 0.',
  },
  {
    key: 'cnt-3',
    path: 'Count',
    holds: (count) =>
      needs(count, 'value', 'code') &&
      isUcum(count) &&
      (!has(count, 'code') || count['code'] === '1') &&
      (!has(count, 'value') || Number.isInteger(count['value'])),
    text: 'A count is a whole number with the UCUM code 1.',
  },
  {
    key: 'dis-1',
    path: 'Distance',
    holds: (distance) => needs(distance, 'value', 'code') && isUcum(distance),
    text: 'A distance needs a coded unit of length from UCUM.',
  },
  {
    key: 'drt-1',
    path: 'Duration',
    onlyWith: ['code'],
    holds: (duration) => !has(duration, 'code') || (duration['system'] === UCUM && has(duration, 'value')),
    text: 'A duration with a coded unit needs a value, and the unit is from UCUM (system http://unitsofmeasure.org).',
  },
  {
    key: 'rng-2',
    path: 'Range',
    onlyWith: ['high'],
    holds: isOrdered,
    text: 'The low end of a range must not be above its high end. Put them in order.',
  },
  {
    key: 'rat-1',
    path: 'Ratio',
    holds: (ratio) =>
      has(ratio, 'numerator') === has(ratio, 'denominator') && (has(ratio, 'numerator') || has(ratio, 'extension')),
    text: 'A ratio has both numerator and denominator; without them, it needs an extension that says why.',
  },
  {
    key: 'att-1',
    path: 'Attachment',
    onlyWith: ['data'],
    holds: (attachment) => needs(attachment, 'data', 'contentType'),
    text: 'An attachment with data needs a contentType. Add it.',
  },
  {
    key: 'cpt-2',
    path: 'ContactPoint',
    onlyWith: ['value'],
    holds: (contact) => needs(contact, 'value', 'system'),
    text: 'A contact with a value needs a system that says what it is, e.g. phone. Add it.',
  },
  {
    key: 'exp-1',
    path: 'Expression',
    holds: (expression) => has(expression, 'expression') || has(expression, 'reference'),
    text: 'An expression needs its text or a reference to it.',
  },
  {
    key: 'tim-1',
    path: 'Timing.repeat',
    onlyWith: ['duration'],
    holds: (repeat) => needs(repeat, 'duration', 'durationUnit'),
    text: 'A duration needs durationUnit.',
  },
  {
    key: 'tim-2',
    path: 'Timing.repeat',
    onlyWith: ['period'],
    holds: (repeat) => needs(repeat, 'period', 'periodUnit'),
    text: 'A period needs periodUnit.',
  },
  {
    key: 'tim-4',
    path: 'Timing.repeat',
    onlyWith: ['duration'],
    holds: (repeat) => isNotNegative(repeat, 'duration'),
    text: 'duration must not be negative.',
  },
  {
    key: 'tim-5',
    path: 'Timing.repeat',
    onlyWith: ['period'],
    holds: (repeat) => isNotNegative(repeat, 'period'),
    text: 'period must not be negative.',
  },
  {
    key: 'tim-6',
    path: 'Timing.repeat',
    onlyWith: ['periodMax'],
    holds: (repeat) => needs(repeat, 'periodMax', 'period'),
    text: 'periodMax needs period.',
  },
  {
    key: 'tim-7',
    path: 'Timing.repeat',
    onlyWith: ['durationMax'],
    holds: (repeat) => needs(repeat, 'durationMax', 'duration'),
    text: 'durationMax needs duration.',
  },
  {
    key: 'tim-8',
    path: 'Timing.repeat',
    onlyWith: ['countMax'],
    holds: (repeat) => needs(repeat, 'countMax', 'count'),
    text: 'countMax needs count.',
  },
  {
    key: 'tim-9',
    path: 'Timing.repeat',
    onlyWith: ['offset'],
    holds: (repeat) => !has(repeat, 'offset') || offsetHasWhen(repeat),
    text: 'offset needs a when that is none of C, CM, CD, CV.',
  },
  {
    key: 'tim-10',
    path: 'Timing.repeat',
    onlyWith: ['timeOfDay'],
    holds: (repeat) => !has(repeat, 'timeOfDay') || !has(repeat, 'when'),
    text: 'timeOfDay and when exclude each other. Send one of them.',
  },
]
