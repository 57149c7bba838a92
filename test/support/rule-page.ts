import { writeFileSync } from 'node:fs'
import { pathToFileURL } from 'node:url'
import { POLICY } from '../../src/plan/jurisdiction.ts'
import { DERIVED_RULES } from '../../src/plan/rules/derived.ts'
import { PLAN_RULES, RULE_TABLE } from '../../src/plan/rules/index.ts'

export const RULE_PAGE = new URL('../../docs/rules.md', import.meta.url)

const checkedOf = (key: string): string =>
  PLAN_RULES.find((rule) => rule.key === key)?.plans.join(', ') ??
  (DERIVED_RULES.some((rule) => rule.key === key) ? 'what is derived' : 'the whole record')

const SHARING = {
  'direct-care': 'for direct care, unless the person objects',
  'explicit-consent': 'once the person has agreed',
}
const FORCE = { 'binding-if-valid-and-applicable': 'binding, if valid and applicable', persuasive: 'persuasive' }

const nations = Object.values(POLICY).map(({ name, childUnder, sharing, refusal, proxies, undiscussedCpr }) => [
  name,
  `under ${childUnder}`,
  SHARING[sharing],
  `${FORCE[refusal.force]} (${refusal.law})`,
  Object.values(proxies).join(', ') || 'none coded yet',
  `${undiscussedCpr.severity} (${undiscussedCpr.law})`,
])

/** `docs/rules.md`, from the rules themselves and the policy of the nations. */
export const rulePage = (): string => `# The rules of a plan

Every finding of \`CarePlan/$submit\` and of any other write has a key (\`OperationOutcome.issue.details.coding.code\`), the element (FHIRPath)
and how to mend it. An **error** ends the change, and nothing is stored; a **warning** goes with what was stored. A rule can also warn of
less than its gravest; its cases say of what. Each rule is one file in \`src/plan/rules\`, with its cases beside the tests.

What is derived (summary, emergency answer, tombstone) is checked against the record before it is stored: where it breaks a rule the mistake is
KeyPlan's, the answer is 500, and nothing is stored (\`src/plan/rules/derived.ts\`).

Checked besides: the numbers of a person (\`identifier-*\`, \`src/plan/identifiers.ts\`), the nation (\`jurisdiction-unknown\`), the category of
every Consent (\`consent-category\`, \`src/plan/consent-category.ts\`), and what a submission is made of (\`src/plan/submission*\`: one person
(\`person-mismatch\`), one plan of a type, nothing stored is changed, no digital signature that cannot be verified). The seeded contradictions in
\`fixtures/contradictions\` and the valid plans in \`fixtures/valid\` go through the public API (\`test/journeys/contradictions.test.ts\`).

This page is written by \`node --import ./test/support/typescript.js test/support/rule-page.ts\`; a test holds it to the rules.

| key | title | severity | checked of | source | cases |
| --- | --- | --- | --- | --- | --- |
${RULE_TABLE.map(
  ({ key, title, severity, source }) =>
    `| \`${key}\` | ${title} | ${severity} | ${checkedOf(key)} | ${source} | [JSON](../test/plan/rules/${key}.json) |`,
).join('\n')}

## The four nations

What differs between them stands in one table, \`src/plan/jurisdiction.ts\`; the rules read it there.

| nation | a child is | the plan is shared | an advance refusal is | legal proxies | CPR newly not recommended without a discussion or the reason for none (\`RSP-12\`) |
| --- | --- | --- | --- | --- | --- |
${nations.map((cells) => `| ${cells.join(' | ')} |`).join('\n')}
`

if (import.meta.url === pathToFileURL(process.argv[1] ?? '').href) writeFileSync(RULE_PAGE, rulePage())
