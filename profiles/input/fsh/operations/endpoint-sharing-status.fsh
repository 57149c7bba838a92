Instance: Endpoint-sharing-status
InstanceOf: OperationDefinition
Usage: #definition
Title: "What a recipient does not hold yet"
Description: "How far one recipient is behind, and for whom: withdrawals that it has not acknowledged first, then the oldest. For the recipient itself, and for those who look after the connection. Persons are named by reference alone."
* url = "https://keyplan.example/fhir/OperationDefinition/Endpoint-sharing-status"
* name = "RecipientSharingStatus"
* status = #draft
* kind = #operation
* experimental = false
* affectsState = false
* code = #sharing-status
* resource = #Endpoint
* system = false
* type = false
* instance = true
* parameter[+]
  * name = #count
  * use = #in
  * min = 0
  * max = "1"
  * documentation = "Deliveries on one page; 50 if absent, at most 500."
  * type = #positiveInt
* parameter[+]
  * name = #after
  * use = #in
  * min = 0
  * max = "1"
  * documentation = "The value of next, as the page before had it."
  * type = #string
* parameter[+]
  * name = #inStep
  * use = #out
  * min = 1
  * max = "1"
  * documentation = "True where the recipient has confirmed everything that it should hold."
  * type = #boolean
* parameter[+]
  * name = #epoch
  * use = #out
  * min = 1
  * max = "1"
  * documentation = "Epoch of this database now."
  * type = #unsignedInt
* parameter[+]
  * name = #name
  * use = #out
  * min = 1
  * max = "1"
  * documentation = "Name of the recipient."
  * type = #string
* parameter[+]
  * name = #role
  * use = #out
  * min = 1
  * max = "1"
  * documentation = "What the recipient does in the care of people."
  * type = #code
* parameter[+]
  * name = #outstanding
  * use = #out
  * min = 1
  * max = "1"
  * documentation = "Persons whose newest state it has not confirmed."
  * type = #unsignedInt
* parameter[+]
  * name = #withdrawals
  * use = #out
  * min = 1
  * max = "1"
  * documentation = "Withdrawals among them."
  * type = #unsignedInt
* parameter[+]
  * name = #parked
  * use = #out
  * min = 1
  * max = "1"
  * documentation = "Those among them that are not tried any more until another state is wanted or an operator starts them again."
  * type = #unsignedInt
* parameter[+]
  * name = #ahead
  * use = #out
  * min = 1
  * max = "1"
  * documentation = "Persons of whom it holds a later edition than this database knows. They are not overwritten: somebody has to find out why."
  * type = #unsignedInt
* parameter[+]
  * name = #oldest
  * use = #out
  * min = 0
  * max = "1"
  * documentation = "Since when the oldest of them should be held."
  * type = #instant
* parameter[+]
  * name = #oldestWithdrawal
  * use = #out
  * min = 0
  * max = "1"
  * documentation = "Since when the oldest withdrawal should be held."
  * type = #instant
* parameter[+]
  * name = #breaker
  * use = #out
  * min = 1
  * max = "1"
  * documentation = "Whether the connection is used, or given a rest because it keeps failing."
  * part[+]
    * name = #state
    * use = #out
    * min = 1
    * max = "1"
    * documentation = "closed (it is used), open (only tried from time to time), or probing (one delivery is trying it)."
    * type = #code
  * part[+]
    * name = #failures
    * use = #out
    * min = 1
    * max = "1"
    * documentation = "Failures of the recipient itself in a row."
    * type = #unsignedInt
  * part[+]
    * name = #until
    * use = #out
    * min = 0
    * max = "1"
    * documentation = "When it is tried next."
    * type = #instant
* parameter[+]
  * name = #heartbeat
  * use = #out
  * min = 0
  * max = "1"
  * documentation = "Its heartbeats: how it is told, again and again, what is newest."
  * part[+]
    * name = #sent
    * use = #out
    * min = 0
    * max = "1"
    * documentation = "When it was last sent one."
    * type = #instant
  * part[+]
    * name = #acknowledged
    * use = #out
    * min = 0
    * max = "1"
    * documentation = "When it last acknowledged one."
    * type = #instant
  * part[+]
    * name = #lastError
    * use = #out
    * min = 0
    * max = "1"
    * documentation = "What went wrong with the last one."
    * type = #string
* parameter[+]
  * name = #comparison
  * use = #out
  * min = 0
  * max = "1"
  * documentation = "The last comparison with what it really holds. What differed is sent again."
  * part[+]
    * name = #at
    * use = #out
    * min = 1
    * max = "1"
    * documentation = "When it was made."
    * type = #instant
  * part[+]
    * name = #missing
    * use = #out
    * min = 1
    * max = "1"
    * documentation = "Persons of whom it did not hold what it had confirmed."
    * type = #unsignedInt
  * part[+]
    * name = #older
    * use = #out
    * min = 1
    * max = "1"
    * documentation = "Persons of whom it held another edition than it had confirmed."
    * type = #unsignedInt
  * part[+]
    * name = #unexpected
    * use = #out
    * min = 1
    * max = "1"
    * documentation = "Persons of whom it held what it should not."
    * type = #unsignedInt
* parameter[+]
  * name = #unverifiedSince
  * use = #out
  * min = 0
  * max = "1"
  * documentation = "Since when it could not be compared with what this recipient really holds."
  * type = #instant
* parameter[+]
  * name = #unverifiedBecause
  * use = #out
  * min = 0
  * max = "1"
  * documentation = "Why."
  * type = #string
* parameter[+]
  * name = #held
  * use = #out
  * min = 0
  * max = "1"
  * documentation = "True where nothing is sent, because it has not said what it holds since the database was restored."
  * type = #boolean
* parameter[+]
  * name = #delivery
  * use = #out
  * min = 0
  * max = "*"
  * documentation = "What it has not confirmed of one person."
  * part[+]
    * name = #patient
    * use = #out
    * min = 0
    * max = "1"
    * documentation = "The person; absent where a decision not to share keeps this caller from knowing of whom."
    * type = #Reference
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
* parameter[+]
  * name = #next
  * use = #out
  * min = 0
  * max = "1"
  * documentation = "Where the next page begins; absent on the last."
  * type = #string
