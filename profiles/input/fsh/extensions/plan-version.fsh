Extension: PlanVersion
Id: plan-version
Title: "Version of the plan"
Description: "Counts the plans of one lineage: 1 for the first, one more each time a plan replaces it. Assigned by KeyPlan. Not the FHIR version of the resource."
Context: CarePlan
* insert LocalExtension
* value[x] 1..1
* value[x] only positiveInt
