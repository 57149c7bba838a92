/** To what a Reference may refer by a profile: types, profiles, and where it stands (http://hl7.org/fhir/R4/elementdefinition-definitions.html#ElementDefinition.type.aggregation). */
import type { ElementDefinitionType } from 'fhir/r4.js'
import { isConcreteType, lineageOf } from '../../definitions/tables.ts'
import { childOrSelf } from '../children.ts'
import type { Engine, EngineCheck } from '../engine.ts'
import { shownValue } from '../findings/finding.ts'
import { isNode } from '../invariants/invariant.ts'
import { typeNamed } from '../references/references.ts'
import { findingAt, type Spot } from '../spot.ts'
import { fitOf } from './conformance.ts'

const CORE = 'http://hl7.org/fhir/StructureDefinition/'

/** The resource type that a target profile is of; undefined where it is not known. */
const typeOf = (canonical: string, engine: Engine): string | undefined =>
  engine.profile(canonical)?.type ??
  (canonical.startsWith(CORE) ? canonical.slice(CORE.length).split('|')[0] : undefined)

type Referred = Readonly<{ literal: string | undefined; type: string | undefined; resolved: Spot | undefined }>

export const referredBy = (spot: Spot, engine: Engine): Referred => {
  const { reference, type } = isNode(spot.value) ? spot.value : {}
  const literal = typeof reference === 'string' ? reference : undefined
  const resolved = literal === undefined ? undefined : engine.resolve(spot, literal)
  const named = literal === undefined ? undefined : typeNamed(literal)
  const told = typeof type === 'string' && isConcreteType(type) ? type : undefined
  return { literal, type: resolved?.type ?? named ?? told, resolved }
}

const modeOf = ({ literal, resolved }: Referred): 'contained' | 'bundled' | 'referenced' =>
  literal?.startsWith('#') === true ? 'contained' : resolved === undefined ? 'referenced' : 'bundled'

/** True for a reference whose type is checked with the structure: by what it says, or what is contained. */
const isOfStructure = (literal: string): boolean => literal.startsWith('#') || typeNamed(literal) !== undefined

/** True for a reference to something that is there, and that the check of the structure cannot tell the type of. */
const leadsToUntold = (spot: Spot, engine: Engine): boolean => {
  const literal = isNode(spot.value) ? spot.value['reference'] : undefined
  return typeof literal === 'string' && !isOfStructure(literal) && engine.resolve(spot, literal) !== undefined
}

/**
 * The check of what a Reference refers to: its type by what the reference says or resolves to within what is validated, and what it resolves to by
 * the profiles. What is elsewhere is not looked at. With `resolvedOnly`, types that references say are left to the check of the structure.
 */
export const referenceCheck = (
  types: readonly ElementDefinitionType[],
  profile: string,
  { resolvedOnly = false } = {},
): EngineCheck | undefined => {
  const references = types.filter(({ code }) => code === 'Reference')
  const targets = references.flatMap(({ targetProfile = [] }) => targetProfile)
  const isAnything = references.some(({ targetProfile = [] }) => targetProfile.length === 0)
  const modes = new Set(references.flatMap(({ aggregation = [] }) => aggregation))
  if (references.length === 0 || ((isAnything || targets.length === 0) && modes.size === 0)) return undefined
  /** Of the targets those that a resource of a type may be, told once for each type. */
  const fittingTypes = new Map<string, readonly string[]>()
  const fittingOf = (type: string, engine: Engine): readonly string[] => {
    const known = fittingTypes.get(type)
    if (known !== undefined) return known
    const lineage = lineageOf(type)
    const fitting = targets.filter((target) => {
      const wanted = typeOf(target, engine)
      return wanted === undefined || lineage.includes(wanted)
    })
    fittingTypes.set(type, fitting)
    return fitting
  }
  return (spot, engine) => {
    if (spot.type !== 'Reference') return
    if (resolvedOnly && modes.size === 0 && !leadsToUntold(spot, engine)) return
    const referred = referredBy(spot, engine)
    const { literal, type, resolved } = referred
    const at = (): Spot => (literal === undefined ? spot : childOrSelf(spot, 'reference'))
    const value = (): string => shownValue(literal ?? type)
    if (literal !== undefined && modes.size > 0 && !modes.has(modeOf(referred))) {
      engine.report(
        findingAt(
          at(),
          'reference-aggregation',
          'structure',
          `What this refers to must be ${[...modes].join(' or ')}; it is ${modeOf(referred)}.`,
          {
            profile,
            value: value(),
            expected: [...modes].join(' or '),
            hint: 'Contain the resource, put it into the same Bundle, or refer to it by its address, as the profile asks.',
          },
        ),
      )
    }
    if (type === undefined || isAnything) return
    if (resolvedOnly && (resolved === undefined || literal === undefined || isOfStructure(literal))) return
    const fitting = fittingOf(type, engine)
    if (fitting.length === 0) {
      const allowed = [...new Set(targets.flatMap((target) => typeOf(target, engine) ?? []))].join(', ')
      engine.report(
        findingAt(
          at(),
          'reference-target',
          'structure',
          `This refers to a resource of type ${type}. It may refer to ${allowed} only.`,
          {
            profile,
            value: value(),
            expected: allowed,
            hint: 'Refer to a resource of one of these types.',
          },
        ),
      )
      return
    }
    if (resolved === undefined) return
    const { fits, closest, errors = [] } = fitOf(resolved, fitting, engine, profile)
    if (fits) return
    engine.report(
      findingAt(
        at(),
        'reference-profile',
        'structure',
        `What this refers to does not conform to ${closest?.canonical ?? 'any profile that is allowed here'}.${errors[0] === undefined ? '' : ` ${errors[0].text}`}`,
        {
          profile,
          value: value(),
          expected: fitting.join(' or '),
          hint: `Mend ${errors[0]?.expression ?? 'the resource'}, or refer to another resource.`,
        },
      ),
    )
  }
}
