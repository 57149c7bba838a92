import type { Coding, Meta } from 'fhir/r4.js'
import type { RequestContext } from '../../context.ts'
import { SERVED } from '../../definitions/served.ts'
import { problem } from '../../fhir/outcome.ts'
import { type LabelRow, labelsSql } from '../../search/labels.ts'
import type { Store } from '../../store/store.ts'
import { auditEntry } from '../audit/audit.ts'
import { hasSomeScope, requireSomeScope, searchPermit } from '../permission/scope-reach.ts'

/** More of them are for no list. */
const MOST_LABELS = 1_000

const codingOf = ({ system, code }: LabelRow): Coding => ({ ...(system === '' ? {} : { system }), code })

/** The labels in use (http://hl7.org/fhir/R4/resource-operation-meta.html), those of resources that the caller may not see left out. */
export const labels = async (store: Store, cx: RequestContext, types?: readonly string[]): Promise<Meta> => {
  for (const type of types ?? []) requireSomeScope(cx, type, 'r')
  const readable = types ?? SERVED.map(({ type }) => type).filter((type) => hasSomeScope(cx, type, 'r'))
  if (readable.length === 0) requireSomeScope(cx, '*', 'r')
  const rows = await store.search<LabelRow>(labelsSql(readable, searchPermit(store, cx, 'r'), MOST_LABELS + 1))
  await store.audit([auditEntry(cx, '$meta', 'permit', [], { query: `${types?.join(',') ?? '*'}/$meta` })])
  if (rows.length > MOST_LABELS) {
    throw problem(
      'not-supported',
      'too-many-labels',
      `More than ${MOST_LABELS} labels are in use. Ask for those of one type.`,
      {
        code: 'too-costly',
      },
    )
  }
  const of = (parameter: LabelRow['parameter']): LabelRow[] => rows.filter((row) => row.parameter === parameter)
  const [profile, security, tag] = [
    of('_profile').map(({ code }) => code),
    of('_security').map(codingOf),
    of('_tag').map(codingOf),
  ]
  return {
    ...(profile.length === 0 ? {} : { profile }),
    ...(security.length === 0 ? {} : { security }),
    ...(tag.length === 0 ? {} : { tag }),
  }
}
