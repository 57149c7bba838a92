Instance: Patient-sharing-status
InstanceOf: OperationDefinition
Usage: #definition
Title: "Who holds the current plan"
Description: "For each recipient that should know of this person: what it should hold now, what has reached it, what it has stored and shown, and what last went wrong."
* url = "https://keyplan.example/fhir/OperationDefinition/Patient-sharing-status"
* name = "SharingStatus"
* status = #draft
* kind = #operation
* experimental = false
* affectsState = false
* code = #sharing-status
* resource = #Patient
* system = false
* type = false
* instance = true
* parameter[+]
  * name = #inStep
  * use = #out
  * min = 1
  * max = "1"
  * documentation = "True where every recipient has confirmed what it should hold."
  * type = #boolean
* parameter[+]
  * name = #epoch
  * use = #out
  * min = 1
  * max = "1"
  * documentation = "Epoch of this database now."
  * type = #unsignedInt
* parameter[+]
  * name = #recipient
  * use = #out
  * min = 0
  * max = "*"
  * documentation = "One recipient."
  * part[+]
    * name = #id
    * use = #out
    * min = 1
    * max = "1"
    * documentation = "Identifier of the recipient, and the id of its Organization and Endpoint."
    * type = #string
  * part[+]
    * name = #name
    * use = #out
    * min = 1
    * max = "1"
    * documentation = "Name of the recipient."
    * type = #string
  * part[+]
    * name = #role
    * use = #out
    * min = 1
    * max = "1"
    * documentation = "What the recipient does in the care of people."
    * type = #code
  * part[+]
    * name = #inStep
    * use = #out
    * min = 1
    * max = "1"
    * documentation = "True where it has confirmed what it should hold."
    * type = #boolean
  * part[+]
    * name = #wanted
    * use = #out
    * min = 1
    * max = "1"
    * documentation = "What it should hold now."
    * part[+]
      * name = #state
      * use = #out
      * min = 1
      * max = "1"
      * documentation = "current or withdrawn."
      * type = #code
      * binding.strength = #required
      * binding.valueSet = Canonical(SummaryStateVS)
    * part[+]
      * name = #epoch
      * use = #out
      * min = 1
      * max = "1"
      * documentation = "Epoch of the database that made the edition: it rises after a restore, and a higher one is newer than any sequence of a lower one."
      * type = #unsignedInt
    * part[+]
      * name = #sequence
      * use = #out
      * min = 1
      * max = "1"
      * documentation = "Edition of the summary."
      * type = #unsignedInt
    * part[+]
      * name = #since
      * use = #out
      * min = 1
      * max = "1"
      * documentation = "Since when it should hold this."
      * type = #instant
  * part[+]
    * name = #received
    * use = #out
    * min = 0
    * max = "1"
    * documentation = "What has last reached it, as far as its transport says."
    * part[+]
      * name = #epoch
      * use = #out
      * min = 1
      * max = "1"
      * documentation = "Epoch of the database that made the edition: it rises after a restore, and a higher one is newer than any sequence of a lower one."
      * type = #unsignedInt
    * part[+]
      * name = #sequence
      * use = #out
      * min = 1
      * max = "1"
      * documentation = "Edition of the summary."
      * type = #unsignedInt
    * part[+]
      * name = #since
      * use = #out
      * min = 1
      * max = "1"
      * documentation = "When it was answered for."
      * type = #instant
  * part[+]
    * name = #confirmed
    * use = #out
    * min = 0
    * max = "1"
    * documentation = "What it has last named as stored."
    * part[+]
      * name = #state
      * use = #out
      * min = 1
      * max = "1"
      * documentation = "current or withdrawn."
      * type = #code
      * binding.strength = #required
      * binding.valueSet = Canonical(SummaryStateVS)
    * part[+]
      * name = #epoch
      * use = #out
      * min = 1
      * max = "1"
      * documentation = "Epoch of the database that made the edition: it rises after a restore, and a higher one is newer than any sequence of a lower one."
      * type = #unsignedInt
    * part[+]
      * name = #sequence
      * use = #out
      * min = 1
      * max = "1"
      * documentation = "Edition of the summary."
      * type = #unsignedInt
    * part[+]
      * name = #since
      * use = #out
      * min = 1
      * max = "1"
      * documentation = "When it confirmed this."
      * type = #instant
  * part[+]
    * name = #shown
    * use = #out
    * min = 0
    * max = "1"
    * documentation = "What it has last named as shown to its users."
    * part[+]
      * name = #epoch
      * use = #out
      * min = 1
      * max = "1"
      * documentation = "Epoch of the database that made the edition: it rises after a restore, and a higher one is newer than any sequence of a lower one."
      * type = #unsignedInt
    * part[+]
      * name = #sequence
      * use = #out
      * min = 1
      * max = "1"
      * documentation = "Edition of the summary."
      * type = #unsignedInt
    * part[+]
      * name = #since
      * use = #out
      * min = 1
      * max = "1"
      * documentation = "When its users saw it."
      * type = #instant
  * part[+]
    * name = #attempts
    * use = #out
    * min = 1
    * max = "1"
    * documentation = "Attempts to deliver since it was last in step."
    * type = #unsignedInt
  * part[+]
    * name = #nextAttempt
    * use = #out
    * min = 0
    * max = "1"
    * documentation = "When delivery is tried next; absent where it is parked or in step."
    * type = #instant
  * part[+]
    * name = #failingSince
    * use = #out
    * min = 0
    * max = "1"
    * documentation = "When the first attempt failed since it was last in step."
    * type = #instant
  * part[+]
    * name = #lastError
    * use = #out
    * min = 0
    * max = "1"
    * documentation = "What last went wrong. It never holds what the recipient said."
    * type = #string
  * part[+]
    * name = #parked
    * use = #out
    * min = 0
    * max = "1"
    * documentation = "It is not tried any more until another state is wanted or an operator starts it again."
    * part[+]
      * name = #since
      * use = #out
      * min = 1
      * max = "1"
      * documentation = "Since when."
      * type = #instant
    * part[+]
      * name = #reason
      * use = #out
      * min = 1
      * max = "1"
      * documentation = "Why."
      * type = #string
  * part[+]
    * name = #unverifiedSince
    * use = #out
    * min = 0
    * max = "1"
    * documentation = "Since when it could not be compared with what this recipient really holds."
    * type = #instant
