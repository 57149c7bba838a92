Extension: PlanEdition
Id: plan-edition
Title: "Plan that the document is made from"
Description: "A plan by its identifier and version, with a digest of what it says. CarePlan/$verify-current tells from these whether the plan is still in force."
Context: Composition
* insert LocalExtension
* extension contains planId 1..1 and version 1..1 and digest 1..1
* extension[planId] ^short = "Plan identifier: the same for every plan of the lineage"
* extension[planId].value[x] 1..1
* extension[planId].value[x] only string
* extension[version] ^short = "Version of the plan within its lineage"
* extension[version].value[x] 1..1
* extension[version].value[x] only positiveInt
* extension[digest] ^short = "Digest of the content of the plan: 32 hexadecimal digits"
* extension[digest].value[x] 1..1
* extension[digest].value[x] only string
