import { type SearchParameter, searchParametersOf } from '../../definitions/search-parameters.ts'
import { SERVED } from '../../definitions/served.ts'
import { remember } from '../../definitions/tables.ts'
import { type Problem, problem } from '../../fhir/outcome.ts'

/** A parameter as it can be searched by. */
export type Searchable = Pick<SearchParameter, 'code' | 'type' | 'expression' | 'url' | 'targets' | 'types'> &
  Pick<Partial<SearchParameter>, 'components'>

const RESOURCE = 'http://hl7.org/fhir/SearchParameter/Resource-'

/** Those that are columns of every resource. */
const OF_THE_ROW: readonly Searchable[] = [
  { code: '_id', type: 'token', expression: 'Resource.id', url: `${RESOURCE}id`, targets: [], types: ['id'] },
  {
    code: '_lastUpdated',
    type: 'date',
    expression: 'Resource.meta.lastUpdated',
    url: `${RESOURCE}lastUpdated`,
    targets: [],
    types: ['instant'],
  },
]

/** Every parameter by which a type can be searched, in the order of their codes. The CapabilityStatement lists these. */
export const searchableParameters = remember((type): readonly Searchable[] =>
  [...OF_THE_ROW, ...searchParametersOf(type)].toSorted((a, b) => (a.code < b.code ? -1 : 1)),
)

const byCode = remember(
  (type): ReadonlyMap<string, Searchable> =>
    new Map(searchableParameters(type).map((parameter) => [parameter.code, parameter])),
)

export const findParameter = (type: string, code: string): Searchable | undefined => byCode(type).get(code)

/** True where a reference parameter may point to this type; one that names none may point to any. */
export const mayTarget = ({ targets }: Searchable, type: string): boolean =>
  targets.length === 0 || targets.includes(type)

/** The types stored here that a reference parameter may point to. */
export const targetsOf = (parameter: Searchable): readonly string[] =>
  SERVED.map(({ type }) => type).filter((type) => mayTarget(parameter, type))

/**
 * The parameter by which a resource of a type is part of another of that type: a strict hierarchy (http://hl7.org/fhir/R4/search.html#recursive).
 * Undefined for types that have none.
 */
export const partOfParameter = remember((type): Searchable | undefined =>
  searchableParameters(type).find(
    ({ expression, targets }) => expression === `${type}.partOf` && targets.length === 1 && targets[0] === type,
  ),
)

/** The types that a reference parameter may point to and of which one can be part of another. */
export const hierarchiesOf = (parameter: Searchable): readonly string[] =>
  targetsOf(parameter).filter((type) => partOfParameter(type) !== undefined)

const MODIFIERS: Readonly<Record<Exclude<SearchParameter['type'], 'token' | 'reference'>, readonly string[]>> = {
  string: ['exact', 'contains'],
  uri: ['above', 'below'],
  date: [],
  number: [],
  quantity: [],
  composite: [],
}

/**
 * The modifiers that a parameter takes (http://hl7.org/fhir/R4/search.html#modifiers); a reference takes the names of the types besides that it may
 * point to.
 */
export const modifiersOf = (parameter: Searchable): readonly string[] => ['missing', ...ownModifiersOf(parameter)]

const ownModifiersOf = (parameter: Searchable): readonly string[] => {
  const { code, type, types } = parameter
  if (code === '_id') return ['not']
  switch (type) {
    case 'token':
      return ['text', 'not', 'in', 'not-in', 'above', 'below', ...(types.includes('Identifier') ? ['of-type'] : [])]
    case 'reference':
      // A canonical address has no identifier besides itself, and its version stands below it.
      if (types.includes('canonical')) return ['below']
      return ['identifier', ...(hierarchiesOf(parameter).length === 0 ? [] : ['above', 'below'])]
    default:
      return MODIFIERS[type]
  }
}

/** Of a name that a caller sent, only what looks like one is repeated: anything can stand in it, the name of a person too. */
export const shownName = (name: string): string => (/^[A-Za-z_][\w.:-]{0,90}$/.test(name) ? name : 'parameter')

export const unknownParameter = (type: string, name: string, code: string): Problem => {
  const shown = shownName(code)
  return problem(
    'bad-request',
    'search-parameter-unknown',
    `${shown === 'parameter' ? 'This' : `"${shown}"`} is not a search parameter of ${type}. ${type} can be searched by ${searchableParameters(
      type,
    )
      .map((parameter) => parameter.code)
      .join(', ')}; _has, and in chains by what it refers to.`,
    { expression: shownName(name), code: 'not-supported' },
  )
}

export const unknownModifier = (name: string, parameter: Searchable, modifier: string): Problem =>
  problem(
    'bad-request',
    'search-modifier-unknown',
    `${/^[A-Za-z-]{1,40}$/.test(modifier) ? `":${modifier}"` : 'This'} is not a modifier of ${parameter.code}, which is a ${parameter.type}. It takes ${[
      ...modifiersOf(parameter).map((one) => `:${one}`),
      ...(parameter.type === 'reference' && targetsOf(parameter).length > 0 ? ['the name of a type'] : []),
    ].join(', ')}.`,
    { expression: shownName(name), code: 'not-supported' },
  )
