Extension: RecordSource
Id: record-source
Title: "Source of the record"
Description: "Whether the plan was first made in this record or copied from a paper form."
Context: CarePlan
* insert LocalExtension
* value[x] 1..1
* value[x] only code
* value[x] from RecordSourceVS (required)
