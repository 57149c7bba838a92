import type { ValueSet, ValueSetExpansionContains, ValueSetExpansionParameter } from 'fhir/r4.js'
import { problem } from '../../fhir/outcome.ts'
import { cannotTell, isUnknown } from './answer.ts'
import { type Library, type Member, membersOf } from './value-set.ts'

/** What is asked of an expansion (http://hl7.org/fhir/R4/valueset-operation-expand.html). */
export type ExpansionQuestion = Readonly<{
  filter?: string | undefined
  offset?: number | undefined
  /** None of them for 0: then only how many there are. */
  count?: number | undefined
  activeOnly?: boolean | undefined
  includeDefinition?: boolean | undefined
  includeDesignations?: boolean | undefined
  /** Leaves out what groups other codes and is not to be chosen. */
  excludeNotForUI?: boolean | undefined
}>

/** A page holds at most so many codes; more are listed only a page at a time. */
export const MOST_CODES = 1_000

const wordsOf = (text: string): string[] =>
  text
    .toLowerCase()
    .split(/[^\p{L}\p{N}]+/u)
    .filter((word) => word !== '')

/** True where each word of the filter begins a word of the display, or the code. */
const isFound = ({ spend }: Library, filter: string | undefined): ((member: Member) => boolean) => {
  const wanted = wordsOf(filter ?? '')
  return ({ code, display = '' }) => {
    spend(wanted.length)
    const words = [...wordsOf(display), ...wordsOf(code)]
    return wanted.every((start) => words.some((word) => word.startsWith(start)))
  }
}

const containsOf = (
  { system, version, code, display, designation, abstract, inactive }: Member,
  { includeDesignations = false }: ExpansionQuestion,
): ValueSetExpansionContains => ({
  system,
  ...(abstract ? { abstract } : {}),
  ...(inactive ? { inactive } : {}),
  ...(version === undefined ? {} : { version }),
  code,
  ...(display === undefined ? {} : { display }),
  ...(includeDesignations && designation !== undefined ? { designation: [...designation] } : {}),
})

const given = (asked: ExpansionQuestion): ValueSetExpansionParameter[] =>
  Object.entries(asked).flatMap(([name, value]): ValueSetExpansionParameter[] => {
    if (value === undefined) return []
    if (typeof value === 'boolean') return [{ name, valueBoolean: value }]
    return [typeof value === 'number' ? { name, valueInteger: value } : { name, valueString: value }]
  })

/** Which code systems, in which version, the codes were looked up in, and which are not loaded, so that codes stand as they were listed. */
const systemsOf = (library: Library, members: readonly Member[]): ValueSetExpansionParameter[] =>
  [...new Map(members.map((member) => [`${member.system}|${member.version ?? ''}`, member])).values()].map(
    ({ system, version }) =>
      library.codeSystem(system, version) === undefined
        ? { name: 'unchecked', valueUri: system }
        : { name: 'version', valueUri: version === undefined ? system : `${system}|${version}` },
  )

/**
 * The codes of a value set, as a list. Throws `not-supported` where they cannot be listed, and with the code `too-costly` where there are
 * more than a page holds and no page is asked for.
 */
export const expand = (library: Library, valueSet: ValueSet, asked: ExpansionQuestion, now: Date): ValueSet => {
  const members = membersOf(library, valueSet)
  if (isUnknown(members)) throw cannotTell(members)
  const found = members
    .filter(isFound(library, asked.filter))
    .filter(({ inactive }) => !(asked.activeOnly === true && inactive === true))
    .filter(({ abstract }) => !(asked.excludeNotForUI === true && abstract === true))
  const { offset = 0, count = MOST_CODES } = asked
  if (asked.count === undefined && found.length - offset > MOST_CODES) {
    throw problem(
      'not-supported',
      'expansion-too-large',
      `This value set has ${found.length} codes that match. Ask for a page of it with count (${MOST_CODES} at most) and offset, or narrow it with filter.`,
      { code: 'too-costly', expression: 'count' },
    )
  }
  const page = found.slice(offset, offset + Math.min(count, MOST_CODES))
  const { compose, ...described } = valueSet
  const parameter = [...given(asked), ...systemsOf(library, members)]
  return {
    ...described,
    ...(asked.includeDefinition === true && compose !== undefined ? { compose } : {}),
    expansion: {
      timestamp: now.toISOString(),
      total: found.length,
      offset,
      ...(parameter.length === 0 ? {} : { parameter }),
      ...(page.length === 0 ? {} : { contains: page.map((member) => containsOf(member, asked)) }),
    },
  }
}
