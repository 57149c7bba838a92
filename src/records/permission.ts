import { decide, type PersonFacts } from '../access/decide.ts'
import { mayInteract, type ScopeLetter } from '../access/scopes.ts'
import type { RequestContext } from '../context.ts'
import { type Problem, problem } from '../fhir/outcome.ts'
import type { ResourceRow } from '../store/resources.ts'

/** Whether the caller's scopes reach this interaction with this type. The service's own work needs none. */
export const hasScope = ({ caller }: RequestContext, type: string, interaction: ScopeLetter): boolean =>
  caller.kind === 'internal' || mayInteract(caller.scopes, type, interaction)

/** Throws `forbidden` where the caller's scopes do not reach this interaction with this type. */
export const requireScope = (cx: RequestContext, type: string, interaction: ScopeLetter): void => {
  if (hasScope(cx, type, interaction)) return
  throw problem(
    'forbidden',
    'scope-missing',
    `The token has no scope for this: system/${type}.${interaction} is needed.`,
  )
}

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
