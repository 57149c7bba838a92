import type { Coding, ValueSet, ValueSetComposeInclude } from 'fhir/r4.js'
import { type Answer, isUnknown, type Unknown } from './answer.ts'
import { type Concept, isAbstract } from './code-system.ts'
import { isCodeOf, isMember, type Library } from './value-set.ts'

/** A code to look at, with what is to be held of it. */
export type Asked = Readonly<{
  system: string
  version?: string | undefined
  code: string
  display?: string | undefined
}>

/** What was found: `result` true for a right code, and otherwise why not. `display` is the one that the code system gives. */
export type Validated = Readonly<{ result: boolean; message?: string; display?: string }>

/** What to validate against: a value set, or the code system that the code names. */
export type Against = Readonly<{ valueSet?: ValueSet | undefined; abstract?: boolean | undefined }>

const named = ({ system, code }: Asked): string => `${code} of ${system}`

/** True for the same words: case and spaces are of no account. */
export const sameText = (one: string, other: string): boolean =>
  one === other || one.trim().replace(/\s+/g, ' ').toLowerCase() === other.trim().replace(/\s+/g, ' ').toLowerCase()

/** Displays that a concept is known by. */
export const displaysOf = ({ concept }: Concept): string[] => [
  ...(concept.display === undefined ? [] : [concept.display]),
  ...(concept.designation ?? []).map(({ value }) => value),
]

/** What a value set that is given as a list alone has of a code system. */
const inExpansion = (valueSet: ValueSet | undefined, system: string): Pick<ValueSetComposeInclude, 'concept'> => ({
  concept: (valueSet?.compose === undefined ? (valueSet?.expansion?.contains ?? []) : []).flatMap(
    ({ code, display, designation, ...one }) =>
      one.system !== system || code === undefined
        ? []
        : [
            {
              code,
              ...(display === undefined ? {} : { display }),
              ...(designation === undefined ? {} : { designation }),
            },
          ],
  ),
})

/** Texts under which a value set lists a code of its own accord. */
export const listedDisplays = (
  { spend }: Pick<Library, 'spend'>,
  valueSet: ValueSet | undefined,
  { system, code }: Pick<Asked, 'system' | 'code'>,
): string[] =>
  [...(valueSet?.compose?.include ?? []).filter((include) => include.system === system), inExpansion(valueSet, system)]
    .flatMap(({ concept = [] }) => {
      spend(concept.length / LISTED_A_STEP)
      return concept.filter((one) => one.code === code)
    })
    .flatMap(({ display, designation = [] }) => [
      ...(display === undefined ? [] : [display]),
      ...designation.map(({ value }) => value),
    ])

const LISTED_A_STEP = 50

const belongs = (library: Library, asked: Asked, valueSet: ValueSet | undefined): Answer =>
  valueSet === undefined
    ? isCodeOf(library, asked.system, asked.code, asked.version)
    : isMember(library, valueSet, asked)

/** Whether one code is right (http://hl7.org/fhir/R4/valueset-operation-validate-code.html), or why that cannot be told. */
export const validateCode = (library: Library, asked: Asked, { valueSet, abstract }: Against): Validated | Unknown => {
  library.spend(1)
  if (asked.version !== undefined && library.codeSystem(asked.system, asked.version) === undefined) {
    const known = isCodeOf(library, asked.system, asked.code, asked.version)
    if (isUnknown(known)) return known
  }
  const answer = belongs(library, asked, valueSet)
  if (isUnknown(answer)) return answer
  const where = valueSet === undefined ? 'the code system' : `the value set ${valueSet.url ?? 'that was sent'}`
  if (!answer) return { result: false, message: `${named(asked)} is not in ${where}.` }

  const concept = library.codeSystem(asked.system, asked.version)?.find(asked.code)
  const displays = [...listedDisplays(library, valueSet, asked), ...(concept === undefined ? [] : displaysOf(concept))]
  const [display] = displays
  const shown = display === undefined ? {} : { display }
  if (abstract !== true && concept !== undefined && isAbstract(concept)) {
    const message = `${named(asked)} only groups other codes, and is not to be chosen.`
    return { result: false, message, ...shown }
  }
  if (
    asked.display !== undefined &&
    displays.length > 0 &&
    !displays.some((one) => sameText(one, asked.display ?? ''))
  ) {
    const message = `${named(asked)} is in ${where}, but what stands beside it is not what it is called there: ${display}.`
    return { result: false, message, ...shown }
  }
  return { result: true, ...shown }
}

/**
 * Whether one of these codings is right: true where one is, whatever the others need; false only where none is and all could be looked
 * at.
 */
export const validateCodings = (library: Library, codings: readonly Asked[], against: Against): Validated | Unknown => {
  const answers = codings.map((coding) => validateCode(library, coding, against))
  const right = answers.find((answer): answer is Validated => !isUnknown(answer) && answer.result)
  const unknown = answers.find(isUnknown)
  if (right !== undefined || unknown !== undefined) return (right ?? unknown) as Validated | Unknown
  const wrong = answers as readonly Validated[]
  if (wrong.length === 1) return wrong[0] as Validated
  return { result: false, message: wrong.map(({ message }) => message).join(' ') }
}

/** A coding that can be looked at, or undefined where it names no code system or no code. */
export const askedOf = ({ system, version, code, display }: Coding): Asked | undefined =>
  system === undefined || code === undefined ? undefined : { system, version, code, display }
