import type { ParametersParameter } from 'fhir/r4.js'
import { cannotTell, isUnknown } from '../../definitions/terminology/answer.ts'
import { type Concept, propertyOf } from '../../definitions/terminology/code-system.ts'
import { codeSystemIn } from '../../definitions/terminology/value-set.ts'
import { LIBRARY } from '../../definitions/terminology.ts'
import { problem } from '../../fhir/outcome.ts'
import type { Operation } from './operation.ts'
import { inputOfRequest } from './query-input.ts'
import { checkLanguage, codesMeant, parametersAnswer, TERMINOLOGY } from './terminology.ts'

const INPUT = {
  code: 'valueCode',
  system: 'valueUri',
  version: 'valueString',
  coding: 'valueCoding',
  displayLanguage: 'valueCode',
  property: 'valueCode',
} as const

/** What a code means: its display, its definition and what else its code system says of it (http://hl7.org/fhir/R4/codesystem-operation-lookup.html). */
export const lookup: Operation = {
  ...TERMINOLOGY,
  code: 'lookup',
  type: 'CodeSystem',
  level: 'type',
  methods: ['GET', 'POST'],
  input: INPUT,
  handle: async (request) => {
    const input = inputOfRequest(request, INPUT, { repeated: ['property'] })
    checkLanguage(input.displayLanguage)
    const [asked] = codesMeant(
      {
        ...(input.code === undefined ? {} : { code: input.code }),
        ...(input.coding === undefined ? {} : { coding: input.coding }),
      },
      { system: input.system, version: input.version },
    )
    const { system = '', version, code = '' } = asked ?? {}
    const loaded = codeSystemIn(LIBRARY, system, version)
    if (isUnknown(loaded)) throw cannotTell(loaded, 'system')
    const concept = loaded.find(code)
    if (concept === undefined) {
      throw problem(
        'not-found',
        'code-unknown',
        `${system} as it is loaded here has no code ${code}.${loaded.whole ? '' : ' Only a part of it is loaded: the code may be right.'}`,
        { expression: 'code' },
      )
    }
    const { name = '', version: its, property: declared } = loaded.resource
    const { display = code, designation = [] } = concept.concept
    const properties = input.property ?? namesOf(concept)
    checkProperties(properties, [...GENERAL, ...namesOf(concept), ...(declared ?? []).map((one) => one.code)])
    return parametersAnswer([
      { name: 'name', valueString: name },
      ...(its === undefined ? [] : [{ name: 'version', valueString: its }]),
      { name: 'display', valueString: display },
      ...designation.map(({ language, use, value }) => ({
        name: 'designation',
        part: [
          ...(language === undefined ? [] : [{ name: 'language', valueCode: language }]),
          ...(use === undefined ? [] : [{ name: 'use', valueCoding: use }]),
          { name: 'value', valueString: value },
        ],
      })),
      ...properties.flatMap((property) => partsOf(concept, property)),
    ])
  },
}

/** Properties that the concepts of every code system may be asked for. */
const GENERAL = ['system', 'name', 'version', 'display', 'designation', 'inactive', 'deprecated', 'notSelectable']

const checkProperties = (asked: readonly string[], known: readonly string[]): void => {
  const unknown = asked.find((property) => !known.includes(property))
  if (unknown === undefined) return
  throw problem(
    'bad-request',
    'property-unknown',
    `This code system has no property of that name. It has ${[...new Set(known)].join(', ')}.`,
    { expression: 'property' },
  )
}

/** What is told where no property is asked for: all there is. */
const namesOf = ({ concept }: Concept): string[] => [
  ...new Set(['definition', 'parent', 'child', ...(concept.property ?? []).map(({ code }) => code)]),
]

const partsOf = (concept: Concept, property: string): ParametersParameter[] =>
  propertyOf(concept, property).map((value) => ({
    name: 'property',
    part: [
      { name: 'code', valueCode: property },
      property === 'parent' || property === 'child'
        ? { name: 'value', valueCode: value }
        : { name: 'value', valueString: value },
    ],
  }))
