Instance: Endpoint-sharing-acknowledgement
InstanceOf: OperationDefinition
Usage: #definition
Title: "Say what was stored or shown"
Description: "A recipient says that an edition of a summary was stored, or shown to its users, after the answer to its delivery: for systems that pass it on. Only the organisation of the recipient may say it, only of an edition that was sent to it, and saying it again changes nothing."
* url = "https://keyplan.example/fhir/OperationDefinition/Endpoint-sharing-acknowledgement"
* name = "SharingAcknowledgement"
* status = #draft
* kind = #operation
* experimental = false
* affectsState = true
* code = #sharing-acknowledgement
* resource = #Endpoint
* system = false
* type = false
* instance = true
* parameter[+]
  * name = #patient
  * use = #in
  * min = 1
  * max = "1"
  * documentation = "The person, as a reference Patient/[id]."
  * type = #Reference
* parameter[+]
  * name = #state
  * use = #in
  * min = 1
  * max = "1"
  * documentation = "Whether it is a summary or its withdrawal: both can be of one edition, and then the withdrawal is the later."
  * type = #code
  * binding.strength = #required
  * binding.valueSet = Canonical(SummaryStateVS)
* parameter[+]
  * name = #epoch
  * use = #in
  * min = 1
  * max = "1"
  * documentation = "Epoch of the database that made the edition: it rises after a restore, and a higher one is newer than any sequence of a lower one."
  * type = #positiveInt
* parameter[+]
  * name = #sequence
  * use = #in
  * min = 1
  * max = "1"
  * documentation = "Edition of the summary."
  * type = #positiveInt
* parameter[+]
  * name = #level
  * use = #in
  * min = 1
  * max = "1"
  * documentation = "What was done with it: stored (in place of every earlier edition), or shown (a user has seen it, so it is stored as well)."
  * type = #code
* parameter[+]
  * name = #at
  * use = #in
  * min = 0
  * max = "1"
  * documentation = "When it was done, kept of what was shown; now, if absent."
  * type = #instant
* parameter[+]
  * name = #outcome
  * use = #out
  * min = 1
  * max = "1"
  * documentation = "recorded, or unchanged where as much or more was known before."
  * type = #code
* parameter[+]
  * name = #inStep
  * use = #out
  * min = 1
  * max = "1"
  * documentation = "True where the recipient holds what it should hold of this person."
  * type = #boolean
