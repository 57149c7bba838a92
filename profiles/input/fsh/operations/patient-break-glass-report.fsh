Instance: Patient-break-glass-report
InstanceOf: OperationDefinition
Usage: #definition
Title: "Report of broken glass"
Description: "When the glass was broken, by whom, why, what was seen and how the review stands, the newest first. A patient is told of their own record, an organisation of the persons whom it registered; an auditor or privacy officer also of what staff of their organisation did."
* url = "https://keyplan.example/fhir/OperationDefinition/Patient-break-glass-report"
* name = "BreakGlassReport"
* status = #draft
* kind = #operation
* experimental = false
* affectsState = false
* code = #break-glass-report
* resource = #Patient
* system = false
* type = true
* instance = false
* parameter[+]
  * name = #since
  * use = #in
  * min = 0
  * max = "1"
  * documentation = "Only what was since then. All, if absent."
  * type = #instant
* parameter[+]
  * name = #count
  * use = #in
  * min = 0
  * max = "1"
  * documentation = "How many at most, 50 if absent, 500 at most."
  * type = #positiveInt
* parameter[+]
  * name = #after
  * use = #in
  * min = 0
  * max = "1"
  * documentation = "The value of next, as the page before had it."
  * type = #string
* parameter[+]
  * name = #use
  * use = #out
  * min = 0
  * max = "*"
  * documentation = "One time that the glass was broken."
  * part[+]
    * name = #id
    * use = #out
    * min = 1
    * max = "1"
    * documentation = "Its id, as the Task for the privacy officer has it."
    * type = #string
  * part[+]
    * name = #person
    * use = #out
    * min = 1
    * max = "1"
    * documentation = "Whose record was opened."
    * type = #Reference
  * part[+]
    * name = #user
    * use = #out
    * min = 1
    * max = "1"
    * documentation = "Who opened it, as the provider that signed them in knows them."
    * type = #Identifier
  * part[+]
    * name = #client
    * use = #out
    * min = 1
    * max = "1"
    * documentation = "The application that they used."
    * type = #string
  * part[+]
    * name = #organization
    * use = #out
    * min = 1
    * max = "1"
    * documentation = "ODS code of the organisation for which they acted."
    * type = #string
  * part[+]
    * name = #role
    * use = #out
    * min = 1
    * max = "1"
    * documentation = "Their role."
    * type = #code
  * part[+]
    * name = #reason
    * use = #out
    * min = 1
    * max = "1"
    * documentation = "The reason that they gave."
    * type = #string
  * part[+]
    * name = #at
    * use = #out
    * min = 1
    * max = "1"
    * documentation = "When it was opened."
    * type = #instant
  * part[+]
    * name = #until
    * use = #out
    * min = 1
    * max = "1"
    * documentation = "Until when it was open."
    * type = #instant
  * part[+]
    * name = #review
    * use = #out
    * min = 1
    * max = "1"
    * documentation = "The Task by which it is reviewed."
    * type = #Reference
  * part[+]
    * name = #reviewStatus
    * use = #out
    * min = 0
    * max = "1"
    * documentation = "How the review stands: the status of that Task."
    * type = #code
  * part[+]
    * name = #seen
    * use = #out
    * min = 0
    * max = "*"
    * documentation = "What was seen of the record meanwhile."
    * type = #Reference
* parameter[+]
  * name = #next
  * use = #out
  * min = 0
  * max = "1"
  * documentation = "Where the next page begins, if there is one."
  * type = #string
