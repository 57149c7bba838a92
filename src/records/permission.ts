import { decide, type PersonFacts } from '../access/decide.ts'
import { type Reach, reachOf, type ScopeLetter } from '../access/scopes.ts'
import type { RequestContext } from '../context.ts'
import { type Problem, problem } from '../fhir/outcome.ts'
import type { ResourceRow } from '../store/resources.ts'

/** How far the caller's scopes reach for this interaction with this type. The service's own work needs none. */
export const reach = ({ caller }: RequestContext, type: string, interaction: ScopeLetter): Reach =>
  caller.kind === 'internal' ? 'all' : reachOf(caller.scopes, type, interaction)

/** Whether the caller's scopes reach this interaction with every resource of this type. */
export const hasScope = (cx: RequestContext, type: string, interaction: ScopeLetter): boolean =>
  reach(cx, type, interaction) === 'all'

/** Throws `forbidden` where the caller's scopes do not reach this interaction with every resource of this type. */
export const requireScope = (cx: RequestContext, type: string, interaction: ScopeLetter): void => {
  const far = reach(cx, type, interaction)
  if (far !== 'all') throw scopeMissing(type, interaction, far === 'none' ? '' : ', without a query part')
}

const scopeMissing = (type: string, interaction: ScopeLetter, how: string): Problem =>
  problem(
    'forbidden',
    'scope-missing',
    `The token has no scope for this: system/${type}.${interaction} is needed${how}.`,
  )

/** The facts of a row's person, or undefined for a row that belongs to nobody. Where they are missing, nobody sees the row. */
export const personFacts = ({
  patient,
  sharing,
  custodian,
}: Pick<ResourceRow, 'patient' | 'sharing' | 'custodian'>): PersonFacts | undefined =>
  patient === null ? undefined : { sharing: sharing ?? 'withheld', custodian: custodian ?? '' }

/** What a refusal was about, for the audit: it travels as the cause of the Problem (`records.ts` writes the row). */
export type Refused = Readonly<{ patient: string | undefined; entities: readonly string[] }>

export const sharingWithheld = (patient?: string | null, entities: readonly string[] = []): Problem =>
  problem(
    'forbidden',
    'sharing-withheld',
    'A decision not to share this record is recorded. It is not shown. This does not mean that there is no plan: ask the organisation that registered the person.',
    { cause: { patient: patient ?? undefined, entities } satisfies Refused },
  )

/** True where the caller may see a record of this person. */
export const maySee = (cx: RequestContext, person: PersonFacts | undefined): boolean =>
  decide(cx.caller, person).permitted
