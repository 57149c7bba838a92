Instance: Patient-break-glass
InstanceOf: OperationDefinition
Usage: #definition
Title: "Break the glass"
Description: "Opens the record of one person to somebody who has signed in, whose role treats people and who may not see it otherwise: for an hour, to read. The organisation that registered the person, the person, and the privacy officer of whoever looks are told by Tasks that are there before the record is open. What is labelled V, what belongs to others, and what the person has put beyond it stays closed."
* url = "https://keyplan.example/fhir/OperationDefinition/Patient-break-glass"
* name = "BreakGlass"
* status = #draft
* kind = #operation
* experimental = false
* affectsState = true
* code = #break-glass
* resource = #Patient
* system = false
* type = false
* instance = true
* parameter[+]
  * name = #reason
  * use = #in
  * min = 1
  * max = "1"
  * documentation = "Why the record has to be seen now, in a sentence of 10 to 500 characters. The person and those who oversee will read it."
  * type = #string
* parameter[+]
  * name = #until
  * use = #out
  * min = 1
  * max = "1"
  * documentation = "Until when the record is open: an hour from when the glass was broken."
  * type = #instant
* parameter[+]
  * name = #review
  * use = #out
  * min = 1
  * max = "1"
  * documentation = "The Task by which the organisation that registered the person reviews this."
  * type = #Reference
