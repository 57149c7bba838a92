/** A MeasureReport against the Measure that it reports on, where that is known (http://hl7.org/fhir/R4/measurereport.html). */
import type { CodeableConcept, Measure, MeasureGroup, MeasureReport } from 'fhir/r4.js'
import { childOrSelf, childrenNamed } from '../children.ts'
import { shownValue } from '../findings/finding.ts'
import { type Check, findingAt, type Run, type Spot } from '../spot.ts'
import { checkScore } from './measure-score.ts'

type Concepts = CodeableConcept | readonly CodeableConcept[] | undefined

/** What concepts say, as texts: two that share a coding, or the words where there is none, mean the same. */
const namesOf = (concepts: Concepts): readonly string[] =>
  [concepts ?? []]
    .flat()
    .flatMap(({ coding = [], text }) =>
      coding.length > 0
        ? coding.map(({ system = '', code = '' }) => `${system}|${code}`)
        : text === undefined
          ? []
          : [text],
    )

const sharesName = (one: readonly string[], other: readonly string[]): boolean =>
  one.some((name) => other.includes(name))

type Coded = Readonly<{ code?: Concepts }>

const namesAt = ({ value }: Spot): readonly string[] => namesOf((value as Coded).code)

type Part = Readonly<{ what: 'group' | 'population' | 'stratifier'; key: string }>
const GROUP: Part = { what: 'group', key: 'measure-group' }
const POPULATION: Part = { what: 'population', key: 'measure-population' }
const STRATIFIER: Part = { what: 'stratifier', key: 'measure-stratifier' }

/** Each part of a report is one of the measure's, and each of the measure's is there once. Returns the parts with what the measure says of them. */
const match = <T extends Coded>(
  holder: Spot,
  reported: readonly Spot[],
  defined: readonly T[],
  { what, key }: Part,
  run: Run,
): readonly (readonly [Spot, T])[] => {
  const seen = new Set<T>()
  const matched = reported.flatMap((spot): (readonly [Spot, T])[] => {
    const names = namesAt(spot)
    const found = defined.find(({ code }) => sharesName(names, namesOf(code)))
    if (found === undefined || seen.has(found)) {
      run.report(
        findingAt(
          childOrSelf(spot, 'code'),
          found === undefined ? `${key}-unknown` : `${key}-twice`,
          'business-rule',
          found === undefined ? `The measure has no ${what} of this code.` : `This ${what} is reported already.`,
          {
            value: shownValue((spot.value as Coded).code ?? 'no code'),
            expected: defined.flatMap(({ code }) => namesOf(code)).join(', '),
            hint: 'Give it the code that the Measure has.',
          },
        ),
      )
    }
    if (found === undefined) return []
    seen.add(found)
    return [[spot, found]]
  })
  for (const one of defined) {
    // A part without a code cannot be told from another.
    if (seen.has(one) || namesOf(one.code).length === 0 || !isCounted(one)) continue
    run.report(
      findingAt(holder, `${key}-missing`, 'business-rule', `A ${what} of the measure is not reported.`, {
        expected: namesOf(one.code).join(' or '),
        hint: `Add the ${what} with its result.`,
      }),
    )
  }
  return matched
}

const OBSERVATION = 'http://terminology.hl7.org/CodeSystem/measure-population|measure-observation'

/** What is measured of each is reported as a score, and not as a population. */
const isCounted = ({ code }: Coded): boolean => !namesOf(code).includes(OBSERVATION)

/** The subjects are listed in a report that is there for that, and counted in others. */
const checkSubjects = (population: Spot, { type }: MeasureReport, run: Run): void => {
  const [results] = childrenNamed(population, 'subjectResults')
  if (type === 'subject-list' || results === undefined) return
  run.report(
    findingAt(
      results,
      'measure-subjects',
      'business-rule',
      'Only a report of the type subject-list names its subjects.',
      {
        value: shownValue(type),
        expected: 'no subjectResults',
        hint: 'Leave them out, or make it a report of that type.',
      },
    ),
  )
}

const checkGroup = (spot: Spot, group: MeasureGroup, measure: Measure, run: Run): void => {
  const whole = spot.resource.value as MeasureReport
  const populations = childrenNamed(spot, 'population')
  match(spot, populations, group.population ?? [], POPULATION, run)
  match(spot, childrenNamed(spot, 'stratifier'), group.stratifier ?? [], STRATIFIER, run)
  for (const population of populations) checkSubjects(population, whole, run)
  checkScore(spot, measure, whole, run)
}

/** The measure that a report is on: one that it contains, or one that is known. */
const measureOf = (spot: Spot, canonical: string, run: Run): Measure | undefined => {
  if (!canonical.startsWith('#')) return run.definitions.measure?.(canonical)
  const contained = run.resolve(spot, canonical)
  return contained?.type === 'Measure' && !run.isBroken(contained) ? (contained.value as Measure) : undefined
}

/** Groups, populations and stratifiers of a report with results are those of its measure (http://hl7.org/fhir/R4/measurereport-definitions.html#MeasureReport.group). */
export const checkMeasureReport: Check = (spot, run) => {
  if (run.isBroken(spot)) return
  const whole = spot.value as MeasureReport
  const measure = measureOf(spot, whole.measure, run)
  const groups = childrenNamed(spot, 'group')
  if (measure === undefined || whole.type === 'data-collection') return
  const defined = measure.group ?? []
  const [only] = defined
  const [first] = groups
  // The one group of a measure needs no code.
  if (
    defined.length === 1 &&
    groups.length === 1 &&
    only !== undefined &&
    first !== undefined &&
    namesAt(first).length === 0
  ) {
    checkGroup(first, only, measure, run)
    return
  }
  for (const [group, its] of match(spot, groups, defined, GROUP, run)) checkGroup(group, its, measure, run)
}
